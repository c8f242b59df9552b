import { randomFillSync } from 'node:crypto';

const BYTES = 32;
const IDS = 128;
const pool = Buffer.alloc(BYTES * IDS);
let at = pool.length;

/**
 * 256 random bits, drawn for many ids at once, as crypto.randomUUID does: @fastify/session makes one for every
 * stranger's page, and drawing each by itself took a twentieth of its time. What was given out is wiped.
 */
export function newSessionId(): string {
  if (at === pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  const id = pool.toString('base64url', at, at + BYTES);
  pool.fill(0, at, at + BYTES);
  at += BYTES;
  return id;
}
