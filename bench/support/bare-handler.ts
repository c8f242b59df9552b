/**
 * What Fastify and a store cost by themselves: one read (GET in Redis, or SELECT in SQLite), then the page as it was
 * given, with its headers. It takes the pages from the process that forked it, and answers its port.
 */
import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Fastify from 'fastify';
import { Redis } from 'ioredis';

export interface BarePage {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface BareTask {
  /** Where Redis is; without it the store is SQLite. */
  redisUrl?: string;
  /** The size of the record that is read, in bytes. */
  recordSize: number;
  pages: BarePage[];
}

process.once('message', (task: BareTask) => void serve(task));

async function serve({ redisUrl, recordSize, pages }: BareTask): Promise<void> {
  const record = 'x'.repeat(recordSize);
  const read = redisUrl ? await readFromRedis(redisUrl, record) : readFromSqlite(record);
  const app = Fastify();
  for (const { url, headers, body } of pages) {
    app.get(url, async (_request, reply) => {
      await read();
      return reply.headers(headers).send(body);
    });
  }
  await app.listen({ port: 0 });
  process.send?.((app.server.address() as AddressInfo).port);
}

async function readFromRedis(url: string, record: string): Promise<() => Promise<unknown>> {
  const redis = new Redis(url);
  await redis.set('bench', record);
  return () => redis.get('bench');
}

function readFromSqlite(record: string): () => unknown {
  const database = new Database(join(mkdtempSync(join(tmpdir(), 'satchel-bench-')), 'bare.db'));
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE records (key TEXT PRIMARY KEY, value TEXT)');
  database.prepare('INSERT INTO records VALUES (?, ?)').run('bench', record);
  const select = database.prepare('SELECT value FROM records WHERE key = ?');
  return () => select.get('bench');
}
