/** A process of its own on an embedded store; says at the end what went wrong. */
import { randomUUID } from 'node:crypto';
import type { Owner } from '../../src/store/contract/owner.ts';
import { openStore } from '../../src/store/open.ts';
import { FIRST_SECRET, lifetimes } from './backends.ts';

export interface Job {
  file: string;
  owner: string;
  /**
   * add: one more of a product, again and again. set: quantities that follow from the version.
   * read: until the cart has had so many changes, checks that they do.
   * own: gives one session after the other an owner. load: loads them meanwhile.
   */
  task: 'add' | 'set' | 'read' | 'own' | 'load';
  changes: number;
}

const { file, owner: name, task, changes } = JSON.parse(process.argv[2] ?? '{}') as Job;
const owner = name as Owner;
const wrong: string[] = [];

/** Quantities by which two products tell the version in which they were set. */
const expected = (version: number) => ({ a: (version % 99) + 1, b: ((version - 1) % 99) + 1 });

try {
  const { sessions, carts, close } = await openStore(
    {
      redisUrl: undefined,
      stateFile: file,
      secrets: [FIRST_SECRET],
      sessionKeyPrefix: 'session:',
      lifetimes,
    },
    Date.now,
    {
      onRoundTrip() {},
      onDamaged: (_key, reason) => void wrong.push(`damaged session: ${reason}`),
      onDeviceEnded() {},
      onDamagedCart: () => void wrong.push('damaged cart'),
      onError() {},
    },
  );
  const nobody = { remove: [], variables: { set: {}, remove: [] } };

  const tasks: Record<Job['task'], () => Promise<void>> = {
    async add() {
      for (let index = 0; index < changes; index += 1) {
        await carts.change(owner, { id: randomUUID(), kind: 'add', slug: 'a', quantity: 1 });
      }
    },
    async set() {
      for (let version = 1; version <= changes; version += 1) {
        const slug = version % 2 ? 'a' : 'b';
        const quantity = expected(version).a;
        await carts.change(owner, { id: randomUUID(), kind: 'set', slug, quantity });
      }
    },
    async read() {
      let seen = 0;
      while (seen < changes) {
        const { version, lines } = await carts.read(owner);
        if (version < seen) wrong.push(`version ${version} after ${seen}`);
        seen = version;
        const { a, b } = expected(version);
        const latest = lines.find(({ slug }) => slug === (version % 2 ? 'a' : 'b'))?.quantity;
        const earlier = lines.find(({ slug }) => slug === (version % 2 ? 'b' : 'a'))?.quantity;
        if (version > 0 && latest !== a) wrong.push(`version ${version}: ${latest}, not ${a}`);
        if (version > 1 && earlier !== b) wrong.push(`version ${version}: ${earlier}, not ${b}`);
      }
    },
    async own() {
      for (let index = 0; index < changes; index += 1) {
        const id = `${owner}-${index}`;
        await sessions.create(id, { passport: 'x' });
        const written = await sessions.update(id, { ...nobody, set: { owner } });
        if (!written) wrong.push(`session ${index} was gone`);
      }
    },
    async load() {
      for (let index = 0; index < changes; index += 1) {
        const id = `${owner}-${index}`;
        let session = await sessions.load(id);
        while (session?.fields.owner !== owner && wrong.length === 0) {
          session = await sessions.load(id);
        }
      }
    },
  };
  await tasks[task]();
  await close();
} catch (error) {
  const { stack, cause } = error as Error;
  wrong.push(stack ?? String(error), (cause as Error | undefined)?.stack ?? '');
}
process.send?.(wrong, () => process.disconnect());
