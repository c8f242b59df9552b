import { createBackOff } from './back-off.ts';
import { fetchDocument } from './fetch-document.ts';

const backOff = createBackOff(30_000);
let timer: number | undefined;

/** A page that was made while the store was out of reach tells of nobody: not whose it is, nor what is in the cart. */
export function isOutage({ documentElement }: Document = document): boolean {
  return documentElement.hasAttribute('data-outage');
}

/** Such a page looks, while it is seen, whether the store is back, and is made anew then. */
export function waitForStore(): void {
  if (!isOutage()) return;
  document.addEventListener('visibilitychange', () => void look());
  window.addEventListener('online', () => void look());
  lookLater();
}

function lookLater(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void look(), backOff.next());
}

async function look(): Promise<void> {
  if (document.hidden) return;
  const fresh = await fetchDocument(location.href);
  if (fresh && !isOutage(fresh) && (await hasPage())) makeAnew();
  else lookLater();
}

/** The address of a page that answered a form may take only forms, and have no page of its own. */
function hasPage(): Promise<boolean> {
  const head = fetch(location.href, { method: 'HEAD', headers: { accept: 'text/html' } });
  return head.then(
    ({ ok }) => ok,
    () => false,
  );
}

/** A shelf stays where it was scrolled to. A refused page may have answered a form, which a reload would send again. */
function makeAnew(): void {
  const [navigation] = performance.getEntriesByType('navigation');
  if ((navigation as PerformanceNavigationTiming).responseStatus === 200) location.reload();
  else location.replace(location.pathname + location.search);
}
