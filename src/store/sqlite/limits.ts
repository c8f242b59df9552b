import { failureLimits, type Limits } from '../contract/limits.ts';
import type { BackendOptions } from '../backend.ts';
import type { SqliteClient } from './client.ts';

interface UsesRow {
  count: number;
  expires: number;
}

interface FailuresRow {
  count: number;
  pause: number;
}

/** The failures under one name, and how long they make the next attempt wait. */
interface Counter {
  name: string;
  delays: readonly number[];
  count: number;
  wait: number;
}

/** Counters as rows. Each change is one transaction, so that two uses at once count as two, also in two processes. */
export function createSqliteLimits(client: SqliteClient, { clock }: BackendOptions): Limits {
  const { database, run, transact } = client;
  const { delays, together, mostOfOneSource, lifetime } = failureLimits;

  const findUses = database.prepare<[string, number], UsesRow>(
    'SELECT count, expires FROM uses WHERE name = ? AND expires > ?',
  );
  const saveUses = database.prepare(
    'INSERT OR REPLACE INTO uses (name, count, expires) VALUES (?, ?, ?)',
  );
  const clearUses = database.prepare('DELETE FROM uses WHERE name = ?');
  const findFailures = database.prepare<[string, number], FailuresRow>(
    'SELECT count, pause FROM failures WHERE name = ? AND expires > ?',
  );
  const saveFailures = database.prepare(
    'INSERT OR REPLACE INTO failures (name, count, pause, expires) VALUES (?, ?, ?, ?)',
  );
  const setPause = database.prepare('UPDATE failures SET pause = ? WHERE name = ?');
  const forgive = database.prepare('DELETE FROM failures WHERE name = ?');
  const takeBack = database.prepare(
    'UPDATE failures SET count = count - 1, pause = 0 WHERE name = ?',
  );
  const forgiveNone = database.prepare('DELETE FROM failures WHERE name = ? AND count <= 0');

  /** Reads the failures under a name. After the clock was set back, the end of the pause may be too far away. */
  function readCounter(name: string, ownDelays: readonly number[], now: number): Counter {
    const { count, pause } = findFailures.get(name, now) ?? { count: 0, pause: now };
    const wait = Math.max(0, Math.min(pause - now, delayAfter(count, ownDelays)));
    if (pause - now > wait) setPause.run(now + wait, name);
    return { name, delays: ownDelays, count, wait };
  }

  function countFailure(counter: Counter, now: number): void {
    const count = counter.count + 1;
    const pause = now + delayAfter(count, counter.delays);
    saveFailures.run(counter.name, count, pause, now + lifetime);
  }

  return {
    use: (name, limit, window) =>
      transact('limit-use', () => {
        const now = clock();
        const { count, expires } = findUses.get(name, now) ?? { count: 0, expires: now + window };
        // After the clock was set back, the end of the window is too far away.
        const end = Math.min(expires, now + window);
        if (count < limit || end < expires) saveUses.run(name, count + 1, end);
        return count < limit ? 0 : end - now;
      }),

    clear: (name) => run('limit-clear', () => void clearUses.run(name)),

    attempt: (name, source) =>
      transact('limit-attempt', () => {
        const now = clock();
        const one = readCounter(counterName(name, source), delays, now);
        const all = source === undefined ? null : readCounter(name, together, now);
        const wait = Math.max(one.wait, all?.wait ?? 0);
        if (wait > 0) return { wait, failures: one.count };

        const failures = one.count + 1;
        countFailure(one, now);
        const isDelayed = all && delayAfter(all.count, together) > 0;
        if (all && (failures <= mostOfOneSource || isDelayed)) countFailure(all, now);
        return { wait: 0, failures };
      }),

    forgive: (name, source) =>
      transact('limit-forgive', () => {
        forgive.run(counterName(name, source));
        if (source === undefined) return;
        takeBack.run(name);
        forgiveNone.run(name);
      }),
  };
}

function counterName(name: string, source: string | undefined): string {
  return source === undefined ? name : `${name}:${source}`;
}

function delayAfter(failures: number, delays: readonly number[]): number {
  return failures === 0 ? 0 : delays[Math.min(failures, delays.length) - 1]!;
}
