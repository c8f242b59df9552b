import { createBackOff } from './back-off.ts';
import { fetchDocument } from './fetch-document.ts';

const backOff = createBackOff(30_000);
let timer: number | undefined;

/** Returns true for a page that was rendered while the store did not answer. Such a page knows neither its owner nor their data. */
export function isOutage({ documentElement }: Document = document): boolean {
  return documentElement.hasAttribute('data-outage');
}

/** On such a page, checks whether the store answers again, as long as the page is visible. Then loads the page again. */
export function waitForStore(): void {
  if (!isOutage()) return;
  document.addEventListener('visibilitychange', () => void check());
  window.addEventListener('online', () => void check());
  checkLater();
}

function checkLater(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void check(), backOff.next());
}

async function check(): Promise<void> {
  if (document.hidden) return;
  const fresh = await fetchDocument(location.href);
  if (fresh && !isOutage(fresh) && (await hasPage())) loadAgain();
  else checkLater();
}

/** A page that answered a form may have an address that accepts only forms. */
function hasPage(): Promise<boolean> {
  const head = fetch(location.href, { method: 'HEAD', headers: { accept: 'text/html' } });
  return head.then(
    ({ ok }) => ok,
    () => false,
  );
}

/** A reload keeps the scroll position. A page that was an error may have answered a form, which a reload would send again. */
function loadAgain(): void {
  const [navigation] = performance.getEntriesByType('navigation');
  if ((navigation as PerformanceNavigationTiming).responseStatus === 200) location.reload();
  else location.replace(location.pathname + location.search);
}
