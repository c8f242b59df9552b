import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { storedKeys } from '../support/reading.ts';
import { startedShop } from './started-shop.ts';

/** Faults outside of any request, each at a signal that nothing else heeds. */
const faults = {
  SIGWINCH: "()=>{throw(new(Error)('loose-end'))}",
  SIGCONT: "()=>{Promise.reject(new(Error)('loose-end'))}",
} as const;

for (const [signal, fault] of Object.entries(faults) as [keyof typeof faults, string][]) {
  suite(`an error that nobody catches, at ${signal}`, () => {
    const shop = startedShop({
      NODE_OPTIONS: `--import=data:text/javascript,process.on('${signal}',${fault})`,
    });

    test('is logged, ends the process for a new one to take over, and loses nothing', async (t) => {
      await new Browser(shop).add('field-satchel', 3);
      const start = performance.now();
      assert.equal(await shop.endBy(signal), 1);
      const line = JSON.parse(await shop.logged(/loose-end/)) as { level: number; err: object };
      assert.ok(line.level >= 50);
      assert.ok('stack' in line.err);
      assert.ok((await storedKeys(shop.redis)).some((key) => key.startsWith('cart:')));
      t.diagnostic(`ended after ${(performance.now() - start).toFixed(0)} ms`);
    });
  });
}
