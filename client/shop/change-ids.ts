/** Gives each cart form below `root` a new change id: what is pressed next is a new change, not a repeat. */
export function renewChangeIds(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('input[name="change"]')) {
    input.value = crypto.randomUUID();
  }
}
