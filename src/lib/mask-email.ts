/** Returns an address of which its owner recognises enough, and a stranger learns little: `a•••@example.com`. */
export function maskEmail(email: string): string {
  const [first = ''] = email;
  return `${first}•••${email.slice(email.lastIndexOf('@'))}`;
}
