import { readableEmail } from './email-address.ts';

/** Returns an address of which its owner recognises enough, and a stranger learns little: `a•••@example.com`. */
export function maskEmail(email: string): string {
  const [first = ''] = email;
  const readable = readableEmail(email);
  return `${first}•••${readable.slice(readable.lastIndexOf('@'))}`;
}
