import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Browser, newPerson, type Person } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';
import { httpSite } from '../support/http-site.ts';
import { freePort, startRedis } from '../support/redis-server.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import { stores } from '../support/shop.ts';

const USERS = 3;
const DEVICES = 2;
const KILLS = 3;
/** So few that no line reaches the cap. */
const ADDS = 240;
const slugs = ['field-satchel', 'weekender', 'harbour-daypack'];

/** What the user's devices consider done. */
interface Journal {
  done: Record<string, number>;
  changes: number;
}

for (const store of stores) {
  test(`a shop on ${store} that is killed again and again loses and doubles nothing`, async (t) => {
    await using folder = await temporaryFolder();
    await using redis = store === 'redis' ? await startRedis() : null;
    const port = await freePort();
    const start = () =>
      startServer({
        PORT: `${port}`,
        DATA_DIR: folder.file('data'),
        REDIS_URL: redis?.url,
        SECRET_KEY: 'a secret of the killed shop that is long enough',
        LIMIT_PER_ADDRESS: '0',
      });
    let server: ServerProcess = await start();
    t.after(() => server.kill());
    let up = Promise.resolve();
    async function crash() {
      await server.kill();
      server = await start();
    }

    const site = httpSite(port);
    const users = await Promise.all(Array.from({ length: USERS }, () => signUp(site)));
    const killAt = new Set<number>();
    while (killAt.size < KILLS) killAt.add(1 + randomInt(ADDS - 30));
    let sent = 0;
    let acknowledged = 0;
    let failures = 0;

    async function addUntilDone(device: Browser, csrf: string, journal: Journal) {
      const slug = slugs[randomInt(slugs.length)]!;
      const line = { product: slug, quantity: 1, change: randomUUID() };
      while (!(await isAcknowledged(device, csrf, line))) {
        failures += 1;
        await up;
      }
      journal.done[slug] = (journal.done[slug] ?? 0) + 1;
      journal.changes += 1;
      acknowledged += 1;
      if (killAt.has(acknowledged)) up = up.then(crash);
    }
    async function live(device: Browser, csrf: string, journal: Journal) {
      while (sent < ADDS) {
        sent += 1;
        await addUntilDone(device, csrf, journal);
      }
    }
    await Promise.all(
      users.flatMap(({ devices, tokens, journal }) =>
        devices.map((device, index) => live(device, tokens[index]!, journal)),
      ),
    );
    await up;

    assert.ok(failures > 0, 'changes were on their way when it was killed');
    for (const { devices, journal } of users) {
      for (const device of devices) {
        assert.equal(await device.isSignedIn(), true, 'no session was lost');
        const { version } = await device.cart();
        assert.deepEqual(await device.lines(), journal.done);
        assert.equal(version, journal.changes, 'each change was applied once');
      }
    }
  });
}

async function signUp(site: ReturnType<typeof httpSite>) {
  const person: Person = newPerson();
  const devices = Array.from({ length: DEVICES }, () => new Browser(site));
  const [first, ...others] = devices;
  await first!.signUp(person);
  for (const device of others) await device.signIn(person);
  // Before the first kill: a page that is cut off is no change that could be sent again.
  const tokens = await Promise.all(devices.map(tokenOf));
  const journal: Journal = { done: {}, changes: 0 };
  return { devices, tokens, journal };
}

async function tokenOf(device: Browser): Promise<string> {
  const { document } = await device.get('/shop/weekender');
  return document.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? '';
}

/** @returns false where nobody knows: the connection broke, or the store did not answer */
async function isAcknowledged(device: Browser, csrf: string, line: object): Promise<boolean> {
  try {
    const { status, body } = await device.postJson('/cart/lines', line, { 'csrf-token': csrf });
    if (status === 503) return false;
    assert.equal(status, 200, body);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'ECONNRESET' && code !== 'ECONNREFUSED') throw error;
    return false;
  }
}
