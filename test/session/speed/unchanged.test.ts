import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mock, suite, test } from 'node:test';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import Fastify, { type Session } from 'fastify';
import { createCookieSigner } from '../../../src/session/speed/cookie-signer.ts';
import { createStoreAdapter } from '../../../src/session/store-adapter.ts';
import { openBackend } from '../../store/backends.ts';

/** The properties of a loaded session, as a test changes them. */
type Properties = Session & Record<string, unknown>;

const stored = {
  passport: 'x',
  list: ['one', { name: 'two' }],
  empty: null,
  variables: { colour: 'green' },
};

/**
 * Loads a stored session with @fastify/session, changes it in a request, and saves it at the end as the shop does.
 * @returns what JSON.stringify got from the session during the request, and what was written to the store
 */
async function request(change: (properties: Properties) => void) {
  await using backend = await openBackend('sqlite');
  const { sessions } = backend.store;
  const id = randomBytes(32).toString('base64url');
  await sessions.create(id, stored);
  const update = mock.method(sessions, 'update');
  const adapter = createStoreAdapter(sessions, {
    currentRequest: () => undefined,
    idleLifetime: 60_000,
  });
  const set = mock.method(adapter, 'set');
  const json: unknown[] = [];

  const app = Fastify();
  const signer = createCookieSigner([randomBytes(32)]);
  await app.register(cookie);
  await app.register(session, {
    secret: signer,
    cookie: { secure: false },
    rolling: false,
    saveUninitialized: false,
    store: {
      ...adapter,
      set: adapter.set,
      get(sessionId, done) {
        adapter.get(sessionId, (error: Error | null, loaded?: Session | null) => {
          const toJSON = loaded?.toJSON;
          if (toJSON) {
            loaded.toJSON = function (this: Session) {
              json.push(toJSON.call(this));
              return json.at(-1);
            };
          }
          done(error, loaded);
        });
      },
    },
  });
  app.get('/', async ({ session }) => {
    assert.equal((session as Properties).passport, 'x');
    change(session);
    return 'changed';
  });
  const answer = await app.inject({ url: '/', cookies: { sessionId: signer.sign(id) } });
  await app.close();
  assert.equal(answer.body, 'changed');
  const { fields } = (await sessions.load(id))!;
  const { created: _, ...after } = { ...fields, variables: { ...fields.variables } };
  return {
    json,
    saves: set.mock.callCount(),
    updates: update.mock.calls.map(({ arguments: [, changes] }) => changes),
    after,
  };
}

suite('@fastify/session', () => {
  test('asks an unchanged session for its JSON twice, gets null, and saves nothing', async () => {
    const { json, saves, updates, after } = await request(() => {});
    assert.deepEqual(json, [null, null]);
    assert.equal(saves, 0);
    assert.deepEqual(updates, []);
    assert.deepEqual(after, stored);
  });

  const changes: [what: string, change: (properties: Properties) => void, after: object][] = [
    [
      'another value',
      (properties) => Object.assign(properties, { passport: 'x', empty: 'no more' }),
      { ...stored, empty: 'no more' },
    ],
    [
      'a new property',
      (properties) => Object.assign(properties, { added: 1 }),
      { ...stored, added: 1 },
    ],
    [
      'a property that is deleted',
      (properties) => delete properties.list,
      { passport: 'x', empty: null, variables: stored.variables },
    ],
    [
      'a property in the place of another one',
      (properties) => {
        delete properties.empty;
        properties.instead = null;
      },
      { passport: 'x', list: stored.list, instead: null, variables: stored.variables },
    ],
    [
      'a longer list',
      (properties) => Object.assign(properties, { list: [...stored.list, 3] }),
      { ...stored, list: [...stored.list, 3] },
    ],
    [
      'another variable',
      (properties) => Object.assign(properties, { variables: { colour: 'blue' } }),
      { ...stored, variables: { colour: 'blue' } },
    ],
  ];
  for (const [what, change, expected] of changes) {
    test(`saves ${what}`, async () => {
      const { json, saves, updates, after } = await request(change);
      assert.equal(json[0], null);
      assert.notEqual(json[1], null);
      assert.equal(saves, 1);
      assert.equal(updates.length, 1);
      assert.deepEqual(after, expected);
    });
  }

  test('saves nothing when a property is changed and changed back', async () => {
    const { json, saves } = await request((properties) => {
      const { list } = properties;
      properties.list = [];
      properties.list = list;
      properties.added = 1;
      delete properties.added;
    });
    assert.deepEqual(json, [null, null]);
    assert.equal(saves, 0);
  });

  test('writes nothing when an equal value takes the place of the loaded one', async () => {
    const { updates, after } = await request((properties) => {
      properties.list = structuredClone(stored.list);
      properties.variables = { ...stored.variables };
    });
    assert.deepEqual(updates, []);
    assert.deepEqual(after, stored);
  });
});

test('a loaded value cannot be changed in place, where nobody would notice', async () => {
  const { saves, after } = await request((properties) => {
    const list = properties.list as unknown[];
    assert.throws(() => list.push(3), TypeError);
    assert.throws(() => Object.assign(list[1] as object, { name: 'other' }), TypeError);
    assert.throws(() => Object.assign(properties.variables!, { colour: 'blue' }), TypeError);
  });
  assert.equal(saves, 0);
  assert.deepEqual(after, stored);
});
