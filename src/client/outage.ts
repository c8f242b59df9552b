const LONGEST_PAUSE = 30_000;
const LONGEST_WAIT = 10_000;

let pause = 1000;
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
  pause = Math.min(pause * 2, LONGEST_PAUSE);
  timer = window.setTimeout(() => void look(), pause * (0.5 + Math.random() / 2));
}

async function look(): Promise<void> {
  window.clearTimeout(timer);
  if (document.hidden) return;
  if (!(await answers('/cart'))) return lookLater();
  // The address of a page that answered a form may take only forms.
  if (await answers(location.href)) makeAnew();
}

async function answers(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(LONGEST_WAIT);
    return (await fetch(url, { method: 'HEAD', headers: { accept: 'text/html' }, signal })).ok;
  } catch {
    return false;
  }
}

/** A shelf stays where it was scrolled to. A refused page may have answered a form, which a reload would send again. */
function makeAnew(): void {
  const [navigation] = performance.getEntriesByType('navigation');
  if ((navigation as PerformanceNavigationTiming).responseStatus === 200) location.reload();
  else location.replace(location.pathname + location.search);
}
