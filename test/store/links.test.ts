import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { Grant } from '../../src/store/contract/links.ts';
import { minute, second } from '../support/clock.ts';
import { FIRST_SECRET, backends, openBackend, SECOND_SECRET, type Backend } from './backends.ts';

const newToken = () => randomBytes(32).toString('base64url');
const grant: Grant = { user: 'ada-of-the-links', session: newToken(), password: 'mark-of-it' };

/** Changes the stored bytes of a link, past the contract. */
async function damage(backend: Backend, token: string, change: (sealed: Buffer) => Buffer) {
  const key = `link:${createHash('sha256').update(token).digest('hex')}`;
  if (backend.raw) {
    const sealed = await backend.raw.getBuffer(key);
    await backend.raw.set(key, change(sealed!), 'KEEPTTL');
    return;
  }
  const database = new Database(join(backend.folder, 'state.db'));
  const sealed = database.prepare('SELECT sealed FROM links WHERE key = ?').pluck().get(key);
  database.prepare('UPDATE links SET sealed = ? WHERE key = ?').run(change(sealed as Buffer), key);
  database.close();
}

for (const name of backends) {
  test(`links in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock } = backend;
    const { links } = backend.store;

    async function create(): Promise<string> {
      const token = newToken();
      await links.create(token, grant, 10 * minute);
      return token;
    }

    await t.test('reading a link leaves it as it is; taking it uses it up', async () => {
      const token = await create();
      assert.deepEqual(await links.read(token), grant);
      assert.deepEqual(await links.read(token), grant);
      assert.deepEqual(await links.take(token), grant);
    });

    await t.test('a link that was taken is gone', async () => {
      const token = await create();
      await links.take(token);
      assert.equal(await links.take(token), null);
      assert.equal(await links.read(token), null);
    });

    await t.test('nobody knows a link that was never made', async () => {
      assert.equal(await links.read(newToken()), null);
      assert.equal(await links.take(newToken()), null);
    });

    await t.test('of fifty who take a link at once, in two processes, one gets it', async () => {
      const token = await create();
      const another = await backend.openAnother();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 ? links : another.links).take(token)),
      );
      assert.deepEqual(
        answers.filter((answer) => answer !== null),
        [grant],
      );
    });

    await t.test('a link ends when its time is over', async () => {
      const [early, late] = [await create(), await create()];
      clock.advance(10 * minute - second);
      assert.deepEqual(await links.read(late), grant);
      assert.deepEqual(await links.take(early), grant);
      clock.advance(2 * second);
      assert.equal(await links.read(late), null);
      assert.equal(await links.take(late), null);
    });

    await t.test('what is at rest tells neither token nor grant', async () => {
      const token = await create();
      const bytes = await backend.bytesAtRest();
      const hash = createHash('sha256').update(token).digest('hex');
      assert.ok(bytes.includes(hash), 'the look was at the data');
      for (const secret of [token, ...Object.values(grant)]) assert.ok(!bytes.includes(secret));
    });

    const damages: Record<string, (sealed: Buffer) => Buffer> = {
      'a bit flipped': (sealed) => Buffer.from(sealed.with(40, sealed[40]! ^ 1)),
      'cut short': (sealed) => sealed.subarray(0, 20),
      emptied: () => Buffer.alloc(0),
    };
    for (const [title, change] of Object.entries(damages)) {
      await t.test(`a link that was ${title} is no link`, async () => {
        const token = await create();
        await damage(backend, token, change);
        assert.equal(await links.read(token), null);
        assert.equal(await links.take(token), null);
      });
    }

    await t.test('the grant of one link does not open as that of another', async () => {
      const [mine, theirs] = [await create(), await create()];
      let taken: Buffer = Buffer.alloc(0);
      await damage(backend, theirs, (sealed) => (taken = sealed));
      await damage(backend, mine, () => taken);
      assert.equal(await links.take(mine), null);
    });

    await t.test('a link outlives a rotation of the secret, not its removal', async () => {
      const [first, second] = [await create(), await create()];
      const rotated = await backend.openAnother([SECOND_SECRET, FIRST_SECRET]);
      assert.deepEqual(await rotated.links.take(first), grant);
      const removed = await backend.openAnother([SECOND_SECRET]);
      assert.equal(await removed.links.take(second), null);
    });
  });
}
