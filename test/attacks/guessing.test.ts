import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { demoUser } from '../../src/auth/sign-in/demo-user.ts';
import { Browser, newPerson } from '../support/browser.ts';
import { productionSettings, throughProxy } from '../support/production.ts';
import { openShop } from '../support/shop.ts';
import { startedShop } from './started-shop.ts';

const TRIES = 200;
/** So few tries for each that none has to wait. */
const PER_ACCOUNT = 5;

suite('an attacker who guesses', () => {
  const shop = startedShop();

  test('learns nothing of an account: page, headers and time are those of none', async (t) => {
    const known = Array.from({ length: TRIES / PER_ACCOUNT }, () => newPerson());
    for (const person of known) {
      assert.equal((await new Browser(shop).signUp(person)).status, 303);
    }
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const answers = new Set<string>();

    for (const { email } of known) {
      const accounts = { known: email, unknown: newPerson().email };
      for (let round = 0; round < PER_ACCOUNT; round += 1) {
        for (const kind of ['known', 'unknown'] as const) {
          const visitor = new Browser(shop);
          const entered = { email: accounts[kind], password: 'not the right one' };
          const start = performance.now();
          const page = await visitor.post('/login', entered);
          times[kind].push(performance.now() - start);
          const { date: _date, 'server-timing': timing, ...headers } = page.headers;
          const trips = String(timing).split(';dur')[0];
          const body = page.body.replaceAll(entered.email, 'somebody@example.com');
          answers.add(JSON.stringify({ status: page.status, headers, trips, body }));
        }
      }
    }

    assert.equal(answers.size, 1);
    const medians = { known: median(times.known), unknown: median(times.unknown) };
    const p = mannWhitney(times.known, times.unknown);
    t.diagnostic(
      `medians of ${TRIES} each: known ${medians.known.toFixed(2)} ms, unknown ${medians.unknown.toFixed(2)} ms; p = ${p.toFixed(3)}`,
    );
    // A hash left out would be three quarters of it. Of equal ones, every hundredth run has a p below 0.01.
    assert.ok(Math.abs(medians.known - medians.unknown) < medians.known / 4);
  });

  test('in production gets nowhere with the log-in that a development shop prints', async () => {
    await using open = await openShop('sqlite', productionSettings);
    const { email, password } = demoUser;
    const page = await new Browser(open, throughProxy).post('/login', { email, password });
    assert.equal(page.status, 422);
  });

  test('from a thousand networks has at most 100 looked at, and keeps nobody out of their own device', async (t) => {
    const ada = newPerson();
    const home = new Browser(shop);
    await home.signUp(ada);
    await home.signOut();

    const refused: number[] = [];
    for (let made = 0; made < 1000; made += 40) {
      const guesses = Array.from({ length: 40 }, (_, at) =>
        new Browser(shop, { 'x-forwarded-for': `2001:db8:0:${(made + at).toString(16)}::1` }).post(
          '/login',
          { email: ada.email, password: `guess number ${made + at} of many` },
        ),
      );
      for (const { status, headers } of await Promise.all(guesses)) {
        assert.match(String(status), /^(422|429)$/);
        if (status === 429) refused.push(Number(headers['retry-after']));
      }
    }
    assert.equal((await home.signIn(ada)).status, 303);

    t.diagnostic(
      `${1000 - refused.length} of 1000 were looked at; the others were told to wait up to ${Math.max(...refused)} s`,
    );
    assert.ok(refused.length >= 900);
    assert.ok(refused.every((seconds) => seconds >= 1));
  });
});

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

/** How likely so different times are by chance alone: the two-sided U test, by its normal approximation. */
function mannWhitney(one: number[], other: number[]): number {
  let u = 0;
  for (const a of one) for (const b of other) u += a < b ? 1 : a === b ? 0.5 : 0;
  const mean = (one.length * other.length) / 2;
  const deviation = Math.sqrt((mean * (one.length + other.length + 1)) / 6);
  const z = Math.abs(u - mean) / deviation;
  // Abramowitz and Stegun, 26.2.17
  const t = 1 / (1 + 0.2316419 * z);
  const tail =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(1, (2 * tail * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI));
}
