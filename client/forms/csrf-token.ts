/** Returns the CSRF token of a page; empty when nobody is signed in there. */
export function tokenOf(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

/** Puts the token of a fresh page into the forms of this page. The token changes when the session id rotates. */
export function takeToken(fresh: Document): void {
  const token = tokenOf(fresh);
  if (!token) return;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', token);
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="_csrf"]')) {
    input.value = token;
  }
}
