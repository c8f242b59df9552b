import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Owner } from '../../src/store/contract/owner.ts';
import { backends, openBackend } from './backends.ts';

const SESSIONS = 30;
const LINKS = 5;
const newId = () => randomBytes(32).toString('base64url');

for (const name of backends) {
  test(`ending all sessions of ${name} leaves no session, no device and no link, and every cart`, async () => {
    await using backend = await openBackend(name);
    const { store } = backend;
    const owners = Array.from({ length: SESSIONS }, (_, index): Owner => `user-${index}`);
    const ids = owners.map(newId);
    const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
    for (const [index, owner] of owners.entries()) {
      await store.sessions.create(ids[index]!, { owner, device });
      await store.carts.change(owner, { id: newId(), kind: 'add', slug: 'a', quantity: 2 });
    }
    const moved = newId();
    await store.sessions.rotate(ids[0]!, moved, []);
    const tokens = Array.from({ length: LINKS }, newId);
    const grant = { user: 'user-0', session: moved, password: '1' };
    for (const token of tokens) await store.links.create(token, grant, 60_000);

    await store.links.endAll();
    assert.equal(await store.sessions.endAll(), SESSIONS);

    for (const id of [...ids, moved]) assert.equal(await store.sessions.load(id), null);
    for (const token of tokens) assert.equal(await store.links.read(token), null);
    for (const owner of owners) {
      assert.deepEqual((await store.carts.read(owner)).lines, [{ slug: 'a', quantity: 2 }]);
      assert.equal(await store.sessions.endOtherDevices(owner, newId()), 0, 'no device is listed');
    }
    assert.equal(await store.sessions.endAll(), 0);
  });
}
