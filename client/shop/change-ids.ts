/** A page from the back/forward cache contains change ids that were used. A new press must be a new change. */
export function renewUsedIds(): void {
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) renewChangeIds(document);
  });
}

/** Gives each cart form below `root` a new change id, so that the next press is a new change and not a repeat. */
export function renewChangeIds(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('input[name="change"]')) {
    input.value = newChangeId();
  }
}

/** 128 random bits. A page without TLS has no `crypto.randomUUID`. */
function newChangeId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))]
    .map((part) => part.toString(16).padStart(8, '0'))
    .join('-');
}
