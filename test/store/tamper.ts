import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Cluster, Redis } from 'ioredis';
import type { Owner } from '../../src/store/contract/owner.ts'; // shop
import { createKeyring } from '../../src/store/sealing/keyring.ts';
import { hashSessionId } from '../../src/store/sealing/sealed-sessions.ts';
import { FIRST_SECRET, type Backend } from './backends.ts';

export type FieldName = string | Buffer;

/** What somebody who has the disk can do to the data, without the contract. */
export interface Tamper extends AsyncDisposable {
  fields(key: string): Promise<[name: string, value: Buffer][]>;
  setFields(key: string, fields: [name: FieldName, value: Buffer][]): Promise<void>;
  removeFields(key: string, names: string[]): Promise<void>;
  /** Sets the owner in plain text, by which the store finds what belongs to the owner. */
  setOwner(key: string, owner: string | null): Promise<void>;
  exists(key: string): Promise<boolean>;
  // shop {
  /** Sets the column or field with this name. */
  setInCart(owner: Owner, name: 'version' | 'notices' | 'undo', value: string): Promise<void>;
  /** Sets a text in place of the quantity of a line. */
  setQuantity(owner: Owner, slug: string, quantity: string): Promise<void>;
  /** The content of an owner's quarantine as text; empty when there is none. */
  quarantined(owner: Owner): Promise<string>;
  // } shop
  redis: Redis | Cluster | undefined;
  sqlite: Database.Database | undefined;
}

export function openTamper(backend: Backend): Tamper {
  return backend.raw
    ? tamperWithRedis(backend.raw)
    : tamperWithSqlite(new Database(join(backend.folder, 'state.db')));
}

export const keyOf = (id: string) => `session:${hashSessionId(id)}`;

export const place = (key: string, field: string) => `${key}\0${field}`;

/** Finds the stored field of a property. Only the sealed value contains the name of the property. */
export async function fieldOf(tamper: Tamper, key: string, property: string) {
  const keyring = createKeyring([FIRST_SECRET]);
  for (const [name, value] of await tamper.fields(key)) {
    const opened = keyring.open(value, place(key, name));
    const [path] = opened ? (JSON.parse(opened.text) as [string[]]) : [[]];
    if (path.length === 1 && path[0] === property) return { name, value };
  }
  throw new Error(`The record has no property ${property}.`);
}

function tamperWithRedis(redis: Redis | Cluster): Tamper {
  const cartKey = (owner: Owner) => `cart:{${owner}}`; // shop

  return {
    redis,
    sqlite: undefined,
    async fields(key) {
      const all = Object.entries(await redis.hgetallBuffer(key));
      return all.filter(([name]) => name !== ':owner');
    },
    async setFields(key, fields) {
      await redis.hset(key, ...(fields.flat() as [FieldName, Buffer]));
    },
    async removeFields(key, names) {
      await redis.hdel(key, ...names);
    },
    async setOwner(key, owner) {
      if (owner === null) await redis.hdel(key, ':owner');
      else await redis.hset(key, ':owner', owner);
    },
    exists: async (key) => (await redis.exists(key)) === 1,
    // shop {
    async setInCart(owner, name, value) {
      await redis.hset(cartKey(owner), name, value);
    },
    async setQuantity(owner, slug, quantity) {
      await redis.hset(cartKey(owner), `line:${slug}`, `${quantity} 1`);
    },
    async quarantined(owner) {
      const key = `quarantine:{${owner}}`;
      if ((await redis.type(key)) === 'none') return '';
      return `${await redis.type(key)} ${JSON.stringify(await redis.dump(key))}`;
    },
    // } shop
    async [Symbol.asyncDispose]() {},
  };
}

function tamperWithSqlite(sqlite: Database.Database): Tamper {
  sqlite.pragma('foreign_keys = ON');
  const put = sqlite.prepare(
    'INSERT OR REPLACE INTO session_fields (key, field, value) VALUES (?, ?, ?)',
  );

  return {
    redis: undefined,
    sqlite,
    async fields(key) {
      const rows = sqlite
        .prepare<[string], { field: string; value: Buffer }>(
          'SELECT field, value FROM session_fields WHERE key = ?',
        )
        .all(key);
      return rows.map(({ field, value }) => [field, value]);
    },
    async setFields(key, fields) {
      sqlite.transaction(() => {
        for (const [name, value] of fields) put.run(key, name, value);
      })();
    },
    async removeFields(key, names) {
      const drop = sqlite.prepare('DELETE FROM session_fields WHERE key = ? AND field = ?');
      for (const name of names) drop.run(key, name);
    },
    async setOwner(key, owner) {
      sqlite.prepare('UPDATE sessions SET owner = ? WHERE key = ?').run(owner, key);
    },
    async exists(key) {
      return sqlite.prepare('SELECT 1 FROM sessions WHERE key = ?').get(key) !== undefined;
    },
    // shop {
    async setInCart(owner, name, value) {
      sqlite.prepare(`UPDATE carts SET ${name} = ? WHERE owner = ?`).run(value, owner);
    },
    async setQuantity(owner, slug, quantity) {
      sqlite
        .prepare(
          'INSERT OR REPLACE INTO cart_lines (owner, slug, quantity, added) VALUES (?, ?, ?, 1)',
        )
        .run(owner, slug, quantity);
    },
    async quarantined(owner) {
      const content = sqlite
        .prepare<[Owner], string>('SELECT content FROM quarantined_carts WHERE owner = ?')
        .pluck()
        .get(owner);
      return content ?? '';
    },
    // } shop
    async [Symbol.asyncDispose]() {
      sqlite.close();
    },
  };
}
