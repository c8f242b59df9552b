import { announce } from '../announce.ts';
import { fetchDocument } from '../live/fetch-document.ts';
import { replaceParts } from '../live/replace-parts.ts';

/** How long to wait after a letter, in milliseconds. Most people type faster. */
const PAUSE = 200;

let timer: number | undefined;
let latest: AbortController | undefined;
let failed = false;

/** Shows the results while a person types. The number of results is in a live region, so it is also read out. */
export function searchAsYouType(): void {
  const form = document.querySelector<HTMLFormElement>('main form.search');
  if (!form || !document.querySelector('[data-search]')) return;
  form.addEventListener('input', () => {
    latest?.abort();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void search(form), PAUSE);
  });
  window.addEventListener('online', () => {
    if (failed) void search(form);
  });
  // The button and the Enter key load a new page.
  form.addEventListener('submit', () => {
    latest?.abort();
    window.clearTimeout(timer);
  });
}

async function search(form: HTMLFormElement): Promise<void> {
  const { signal } = (latest = new AbortController());
  const url = addressOf(form);
  const fresh = await fetchDocument(url, signal);
  if (signal.aborted) return;
  failed = fresh === null;
  if (!fresh) return announce('We can’t search right now.');
  replaceParts(fresh, 'data-search');
  document.title = fresh.title;
  history.replaceState(history.state, '', url);
}

function addressOf(form: HTMLFormElement): string {
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form))
    if (typeof value === 'string' && value) url.searchParams.append(name, value);
  return url.href;
}
