import { isOutage } from '../live/outage.ts';
import { owner } from '../live/owner.ts';
/** Outlives a reload of this tab. */
const KEPT = 'satchel-changes';
/** Outlives the tab: whichever page of this browser comes next takes them over. */
const LEFT = 'satchel-left';
let changes = read(sessionStorage, KEPT);
export function addChange(action, body) {
    add({ action, body, owner: owner(), pressed: Date.now() });
}
/** On a page of nobody's, all but a visitor's wait. Whose a page of an outage is, only the next one tells. */
export function nextChange() {
    return changes.find((change) => isOutage() || change.owner === '' || change.owner === owner());
}
export function dropChange(change) {
    keep(changes.filter(({ body }) => body !== change.body));
}
/** All that are there wait for the one that nobody answered. */
export function noteWaiting() {
    keep(changes.map((change) => ({ ...change, waits: true })));
}
/** @returns how many there were */
export function dropChanges(isMeant) {
    const before = changes.length;
    keep(changes.filter((change) => !isMeant(change)));
    return before - changes.length;
}
/** For a page that is left, perhaps for good. */
export function leaveChanges() {
    if (changes.length === 0)
        return;
    localStorage.setItem(LEFT, JSON.stringify([...read(localStorage, LEFT), ...changes]));
}
/** What a page left that is gone. The next one of its tab has them already. */
export function adoptChanges() {
    for (const change of read(localStorage, LEFT))
        add(change);
    localStorage.removeItem(LEFT);
}
/** One that was pressed again keeps its id, so it is there already. */
function add(change) {
    if (!changes.some(({ body }) => body === change.body))
        keep([...changes, change]);
}
function keep(now) {
    changes = now;
    sessionStorage.setItem(KEPT, JSON.stringify(changes));
}
function read(storage, key) {
    return JSON.parse(storage.getItem(key) ?? '[]');
}
