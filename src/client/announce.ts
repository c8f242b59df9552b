/** Long enough to be read twice, in milliseconds. */
const SHOWN = 6000;

let timer: number | undefined;

/**
 * Says something politely to people who listen to the page, and shows it, for a while, to those who look;
 * `unseen` is what they see already.
 */
export function announce(words: string, { stays = false, unseen = false } = {}): void {
  const status = document.getElementById('status');
  if (!status) return;
  status.textContent = words;
  status.classList.toggle('visually-hidden', unseen);
  window.clearTimeout(timer);
  if (!stays) timer = window.setTimeout(() => (status.textContent = ''), SHOWN);
}
