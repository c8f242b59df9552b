/** Returns a tag for the owner of this page. It does not say who the owner is. Empty for a visitor without a session. */
export function owner(): string {
  return document.documentElement.dataset.owner ?? '';
}

export function setOwner(tag: string): void {
  document.documentElement.dataset.owner = tag;
}
