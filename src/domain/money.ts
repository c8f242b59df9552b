export const CURRENCY = 'EUR';

const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

/** @param cents whole cents of the shop's currency */
export function formatMoney(cents: number): string {
  return format.format(cents / 100);
}
