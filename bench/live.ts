/**
 * From the press on the phone to the paint on the laptop: `npm run build && npx node bench/live.ts [changes, default
 * 20]`. Two browsers, signed in as one person, the cart open on both; on SQLite, then on Redis. The demand: a second.
 */
import { chromium, type Browser, type Page } from '@playwright/test';
import { addToCart, newPerson, openCart, quantityOf, signIn, signUp } from '../e2e/person.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { chromiumPath } from '../test/support/tools.ts';
import { serve } from './serve.ts';

const DEMAND = 1000;
const changes = Number(process.argv[2] ?? 20);
const BAG = 'The Weekender';

await using redis = await startRedis();
await using browser = await chromium.launch({
  executablePath: chromiumPath,
  chromiumSandbox: process.getuid?.() !== 0,
});
await report('SQLite', {});
await report('Redis', { REDIS_URL: redis.url });

async function report(store: string, settings: NodeJS.ProcessEnv): Promise<void> {
  await using shop = await serve(4140, settings);
  const [laptop, phone] = [await open(browser, shop.url), await open(browser, shop.url)];
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, BAG);
  await signIn(phone, ada);
  await openCart(phone);

  const times: number[] = [];
  // The first one warms up what the others need.
  for (let change = 0; change <= changes; change += 1) {
    times.push(await measure(phone, laptop, 2 + (change % 90)));
  }
  const sorted = times.slice(1).toSorted((a, b) => a - b);
  const at = (share: number) => `${sorted[Math.ceil(sorted.length * share) - 1]!.toFixed(0)} ms`;
  console.log(
    `${store}: from the press on the phone to the paint on the laptop, ${changes} changes: ` +
      `median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)} (demand: ${DEMAND} ms)`,
  );
  if (sorted.at(-1)! > DEMAND) process.exitCode = 1;
  await Promise.all([laptop.close(), phone.close()]);
}

async function open(browser: Browser, baseURL: string): Promise<Page> {
  const context = await browser.newContext({ baseURL });
  await context.addInitScript(
    `addEventListener('click', () => { window.pressed = performance.timeOrigin + performance.now(); }, true);`,
  );
  return context.newPage();
}

/** In milliseconds. The clocks of both pages are that of this machine. */
async function measure(phone: Page, laptop: Page, quantity: number): Promise<number> {
  const painted = laptop.evaluate<number>(`new Promise((resolve) => {
    const isShown = () => document.querySelector('#quantity-weekender')?.value === '${quantity}';
    const look = () => requestAnimationFrame(isShown() ? tell : look);
    const tell = () => resolve(performance.timeOrigin + performance.now());
    look();
  })`);
  await quantityOf(phone, BAG).fill(`${quantity}`);
  await phone.getByRole('button', { name: `Update ${BAG}` }).click();
  const pressed = await phone.evaluate<number>('window.pressed');
  return (await painted) - pressed;
}
