import { Memo } from '../lib/speed/memo.ts';

export const CURRENCY = 'EUR';

const MOST_SUMS = 1000;
const sums = new Memo<string>(MOST_SUMS);
const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

/** @param cents whole cents of the shop's currency */
export function formatMoney(cents: number): string {
  return sums.get(String(cents), () => format.format(cents / 100));
}
