/** Empty for who has no session of a user. */
export function tokenOf(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

/** The session's token is a new one after it changed its id: forms of an open page get it too. */
export function takeToken(fresh: Document): void {
  const token = tokenOf(fresh);
  if (!token) return;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', token);
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="_csrf"]')) {
    input.value = token;
  }
}
