import { Memo } from '../lib/speed/memo.ts';

export const CURRENCY = 'EUR';

const MOST_AMOUNTS = 1000;
const amounts = new Memo<string>(MOST_AMOUNTS);
const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

/** Returns an amount as people read it, such as `€12.50`. @param cents whole cents of the shop's currency */
export function formatMoney(cents: number): string {
  return amounts.get(String(cents), () => format.format(cents / 100));
}
