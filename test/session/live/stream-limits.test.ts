import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStreamLimits } from '../../../src/session/live/stream-limits.ts';

type Streams = ReturnType<typeof createStreamLimits>;

/** Takes places until one is refused. `nth` names the address and owner of each. */
function fill({ take }: Streams, nth: (index: number) => [address: string, owner: string]) {
  for (let taken = 0; ; taken += 1) {
    const place = take(...nth(taken));
    if (typeof place === 'string') return { taken, limit: place };
  }
}

/** Whose streams -> how many there may be. */
const limits: [string, (index: number) => [string, string], ReturnType<typeof fill>][] = [
  ['one owner’s', (n) => [`${n}`, 'ada'], { taken: 10, limit: 'owner' }],
  ['one address’s', (n) => ['192.0.2.1', `${n}`], { taken: 50, limit: 'address' }],
  ['one customer’s', (n) => [`2001:db8::${n}`, `${n}`], { taken: 50, limit: 'address' }],
  [
    'a /56’s',
    (n) => [`2001:db8:0:${(n % 8).toString(16)}::1`, `${n}`],
    { taken: 200, limit: 'address' },
  ],
  [
    'a /48’s',
    (n) => [`2001:db8:0:${(n % 256).toString(16)}00::1`, `${n}`],
    { taken: 800, limit: 'address' },
  ],
  ['everybody’s', (n) => [`${n}`, `${n}`], { taken: 10_000, limit: 'all' }],
];

for (const [whose, nth, expected] of limits) {
  test(`there is an end to ${whose} streams`, () => {
    assert.deepEqual(fill(createStreamLimits(), nth), expected);
  });
}

test('a place that is given back, once or twice, is one place', () => {
  const streams = createStreamLimits();
  const giveBack = streams.take('192.0.2.1', 'ada');
  assert.ok(typeof giveBack === 'function');
  fill(streams, () => ['192.0.2.1', 'ada']);
  giveBack();
  giveBack();
  assert.equal(fill(streams, () => ['192.0.2.1', 'ada']).taken, 1);
});
