import { createBackOff } from './back-off.ts';
import { fetchDocument } from './fetch-document.ts';
const backOff = createBackOff(30000);
let timer;
/** A page that was made while the store was out of reach tells of nobody: not whose it is, nor what is in the cart. */
export function isOutage({ documentElement } = document) {
    return documentElement.hasAttribute('data-outage');
}
/** Such a page looks, while it is seen, whether the store is back, and is made anew then. */
export function waitForStore() {
    if (!isOutage())
        return;
    document.addEventListener('visibilitychange', () => void look());
    window.addEventListener('online', () => void look());
    lookLater();
}
function lookLater() {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void look(), backOff.next());
}
async function look() {
    if (document.hidden)
        return;
    const fresh = await fetchDocument(location.href);
    if (fresh && !isOutage(fresh) && (await hasPage()))
        makeAnew();
    else
        lookLater();
}
/** The address of a page that answered a form may take only forms, and have no page of its own. */
function hasPage() {
    const head = fetch(location.href, { method: 'HEAD', headers: { accept: 'text/html' } });
    return head.then(({ ok }) => ok, () => false);
}
/** A shelf stays where it was scrolled to. A refused page may have answered a form, which a reload would send again. */
function makeAnew() {
    const [navigation] = performance.getEntriesByType('navigation');
    if (navigation.responseStatus === 200)
        location.reload();
    else
        location.replace(location.pathname + location.search);
}
