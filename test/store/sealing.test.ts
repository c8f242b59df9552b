import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createKeyring, partsOf } from '../../src/store/sealing/keyring.ts';
import { FIRST_SECRET, backends, openBackend, SECOND_SECRET } from './backends.ts';

for (const name of backends) {
  test(`what ${name} holds tells nothing`, async () => {
    await using backend = await openBackend(name);
    const id = randomBytes(32).toString('base64url');
    const secrets = {
      email: 'ada.lovelace@example.com',
      agent: 'Mozilla/5.0 (Analytical Engine)',
      network: '203.0.113.*',
      variable: 'favourite_colour',
      value: 'sea green, of all things',
    };
    const { sessions, carts } = backend.store;
    const owner = 'user-GqXl0PZ0mZ5mJv4oZ1eTzQ';
    const { agent, network } = secrets;
    await sessions.create(id, {
      owner,
      passport: 'GqXl0PZ0mZ5mJv4oZ1eTzQ',
      flash: { success: [`Welcome, ${secrets.email}`] },
      device: { agent, network, since: 1 },
      variables: { [secrets.variable]: secrets.value },
    });
    const change = {
      id: 'change-of-the-dump',
      kind: 'add',
      slug: 'weekender',
      quantity: 1,
    } as const;
    await carts.change(owner, change);
    await sessions.update(id, {
      set: { flash: { info: [secrets.email] } },
      remove: [],
      variables: { set: { [secrets.variable]: `${secrets.value}, still` }, remove: [] },
    });

    const bytes = await backend.bytesAtRest();
    assert.ok(
      bytes.includes(createHash('sha256').update(id).digest('hex')),
      'the look was at the data',
    );
    for (const secret of [
      ...Object.values(secrets),
      id,
      'passport',
      'cookie',
      'flash',
      'variables',
    ]) {
      assert.ok(!bytes.includes(secret), `${secret} can be read`);
    }
  });
}

test('a sealed value opens at its own place alone', () => {
  const keyring = createKeyring([FIRST_SECRET]);
  const sealed = keyring.seal('secret', 'session:a\0owner');
  assert.deepEqual(keyring.open(sealed, 'session:a\0owner'), { text: 'secret', stale: false });
  assert.equal(keyring.open(sealed, 'session:b\0owner'), null);
  assert.equal(keyring.open(sealed, 'session:a\0other'), null);
});

test('every single bit of a sealed value counts', () => {
  const keyring = createKeyring([FIRST_SECRET]);
  const sealed = keyring.seal('secret', 'place');
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const flipped = Buffer.from(sealed);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(keyring.open(flipped, 'place'), null, `bit ${bit}`);
  }
  for (let length = 0; length < sealed.length; length += 1) {
    assert.equal(keyring.open(sealed.subarray(0, length), 'place'), null, `${length} bytes`);
  }
});

test('equal values never look equal', () => {
  const keyring = createKeyring([FIRST_SECRET]);
  assert.notDeepEqual(keyring.seal('same', 'place'), keyring.seal('same', 'place'));
});

test('no nonce is ever used twice, and each has 96 bits', () => {
  const keyring = createKeyring([FIRST_SECRET]);
  const nonces = Array.from({ length: 20_000 }, () => partsOf(keyring.seal('', 'place')).nonce);
  assert.ok(nonces.every(({ length }) => length === 12));
  // Halves as well, so that a counter beside few random bits is noticed.
  for (const part of [
    nonces.map((nonce) => nonce.subarray(0, 6)),
    nonces.map((nonce) => nonce.subarray(6)),
  ]) {
    assert.equal(new Set(part.map((bytes) => bytes.toString('hex'))).size, nonces.length);
  }
});

test('the first secret seals, all open, and only what an old one sealed is stale', () => {
  const old = createKeyring([FIRST_SECRET]).seal('text', 'place');
  const both = createKeyring([SECOND_SECRET, FIRST_SECRET]);
  assert.deepEqual(both.open(old, 'place'), { text: 'text', stale: true });
  const renewed = both.seal('text', 'place');
  assert.equal(renewed[0], both.currentId);
  assert.deepEqual(createKeyring([SECOND_SECRET]).open(renewed, 'place'), {
    text: 'text',
    stale: false,
  });
  assert.equal(createKeyring([SECOND_SECRET]).open(old, 'place'), null);
});
