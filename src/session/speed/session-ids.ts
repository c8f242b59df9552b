/** For speed only: without this file the shop is the same and slower. */
import { randomFillSync } from 'node:crypto';

/** The size of an id, in bytes. */
const ID_SIZE = 32;
/** How many ids are generated at once. */
const POOL_SIZE = 128;
const pool = Buffer.alloc(ID_SIZE * POOL_SIZE);
let next = pool.length;

/**
 * Returns a new session id: 256 random bits in base64url. Random bytes are generated for many ids at once, as
 * crypto.randomUUID does. @fastify/session needs an id for every page of a visitor without a session; generating each
 * alone took 6 % of the time of such a page (docs/performance.md). The bytes of a used id are overwritten.
 */
export function newSessionId(): string {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const id = pool.toString('base64url', next, next + ID_SIZE);
  pool.fill(0, next, next + ID_SIZE);
  next += ID_SIZE;
  return id;
}
