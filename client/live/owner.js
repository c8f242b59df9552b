/** Tells whose page this is, without telling who that is. Empty for a visitor without a cart. */
export function owner() {
    return document.documentElement.dataset.owner ?? '';
}
export function setOwner(tag) {
    document.documentElement.dataset.owner = tag;
}
