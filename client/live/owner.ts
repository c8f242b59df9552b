/** Tells whose page this is, without telling who that is. Empty for a visitor without a cart. */
export function owner(): string {
  return document.documentElement.dataset.owner ?? '';
}

export function setOwner(tag: string): void {
  document.documentElement.dataset.owner = tag;
}
