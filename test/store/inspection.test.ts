import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { SealedParts } from '../../src/store/contract/inspection.ts';
import type { SessionFields } from '../../src/store/contract/sessions.ts';
import { day } from '../support/clock.ts';
import { FIRST_SECRET, backends, openBackend, SECOND_SECRET } from './backends.ts';
import { keyOf, openTamper, type Tamper } from './tamper.ts';

const fields: SessionFields = {
  owner: 'user-inspected',
  remember: true,
  deep: { list: [1, null] },
  variables: { colour: 'sea green', 'naïve.näme': '€ 🎒' },
};

/** Straight from the store, past the contract. */
async function expiryOf({ redis, sqlite }: Tamper, key: string): Promise<number> {
  return redis
    ? redis.pexpiretime(key)
    : sqlite!
        .prepare<[string], number>('SELECT expires FROM sessions WHERE key = ?')
        .pluck()
        .get(key)!;
}

const bytesOf = ({ keyId, nonce, tag, ciphertext }: SealedParts) =>
  Buffer.concat([keyId, nonce, tag, ciphertext]);

for (const name of backends) {
  test(`a session inspected in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    await using tamper = openTamper(backend);
    const { clock, store, told } = backend;
    const id = randomBytes(32).toString('base64url');
    await store.sessions.create(id, fields);

    async function inspect(sessions = store.sessions) {
      const loaded = await sessions.load(id, { inspection: true });
      return loaded!.inspection!;
    }

    await t.test('is what the store holds, byte by byte', async () => {
      const { key, owner, fields } = await inspect();
      assert.equal(key, keyOf(id));
      assert.equal(owner, 'user-inspected');
      assert.deepEqual(
        new Map(fields.map(({ name, sealed }) => [name, bytesOf(sealed)])),
        new Map(await tamper.fields(key)),
      );
    });

    await t.test('has beside each sealed field what is in it', async () => {
      const { fields, began } = await inspect();
      const opened = fields.map(({ path, value }) => [path.join(' '), value]);
      assert.deepEqual(Object.fromEntries(opened), {
        created: began,
        owner: 'user-inspected',
        remember: true,
        deep: { list: [1, null] },
        'variables colour': 'sea green',
        'variables naïve.näme': '€ 🎒',
      });
    });

    await t.test('says which part of the sealed bytes is which', async () => {
      for (const { sealed } of (await inspect()).fields) {
        const { keyId, nonce, tag } = sealed;
        assert.deepEqual([keyId.length, nonce.length, tag.length], [1, 12, 16]);
      }
    });

    await t.test('costs no further trip, and is left out where nobody asks', async () => {
      const before = told.trips;
      assert.equal((await store.sessions.load(id))!.inspection, null);
      const plain = told.trips - before;
      await inspect();
      assert.equal(told.trips - before, 2 * plain);
    });

    await t.test('knows both clocks; a load moves one of them', async () => {
      const before = await inspect();
      clock.advance(3 * day);
      const now = clock();
      const after = await inspect();
      assert.ok(after.idleEnd >= now + 14 * day && after.idleEnd <= clock() + 14 * day);
      assert.equal(after.idleEnd, await expiryOf(tamper, after.key));
      assert.equal(after.began, before.began);
      assert.equal(after.absoluteEnd, before.began + 90 * day);
    });

    await t.test('tells the fields under a retired secret from those under the first', async () => {
      const { sessions } = await backend.openAnother([SECOND_SECRET, FIRST_SECRET]);
      await sessions.update(id, {
        set: {},
        remove: [],
        variables: { set: { colour: 'red' }, remove: [] },
      });
      const states = (await inspect(sessions)).fields.map(({ path, stale }) => [path[1], stale]);
      assert.deepEqual(
        states.filter(([, stale]) => !stale),
        [['colour', false]],
      );
      assert.equal(states.length, 6);

      await sessions.reseal(id);
      assert.ok((await inspect(sessions)).fields.every(({ stale }) => !stale));
    });
  });
}
