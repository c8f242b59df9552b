/** Gives each cart form below `root` a new change id, so that the next press is a new change and not a repeat. */
export function renewChangeIds(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('input[name="change"]')) {
    input.value = crypto.randomUUID();
  }
}
