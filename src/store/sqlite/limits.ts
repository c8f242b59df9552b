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

/** Counters as rows. Each change is one transaction, so that two uses at once count as two, also in two processes. */
export function createSqliteLimits(client: SqliteClient, { clock }: BackendOptions): Limits {
  const { database, run, transact } = client;
  const { delays, lifetime } = failureLimits;

  const findUses = database.prepare<[string, number], UsesRow>(
    'SELECT count, expires FROM uses WHERE name = ? AND expires > ?',
  );
  const saveUses = database.prepare(
    'INSERT OR REPLACE INTO uses (name, count, expires) VALUES (?, ?, ?)',
  );
  const findFailures = database.prepare<[string, number], FailuresRow>(
    'SELECT count, pause FROM failures WHERE name = ? AND expires > ?',
  );
  const saveFailures = database.prepare(
    'INSERT OR REPLACE INTO failures (name, count, pause, expires) VALUES (?, ?, ?, ?)',
  );
  const forgive = database.prepare('DELETE FROM failures WHERE name = ?');

  return {
    use: (name, limit, window) =>
      transact('limit-use', () => {
        const now = clock();
        const { count, expires } = findUses.get(name, now) ?? { count: 0, expires: now + window };
        if (count >= limit) return expires - now;
        saveUses.run(name, count + 1, expires);
        return 0;
      }),

    attempt: (name) =>
      transact('limit-attempt', () => {
        const now = clock();
        const { count, pause } = findFailures.get(name, now) ?? { count: 0, pause: now };
        if (pause > now) return { wait: pause - now, failures: count };
        const failures = count + 1;
        const delay = delays[Math.min(failures, delays.length) - 1]!;
        saveFailures.run(name, failures, now + delay, now + lifetime);
        return { wait: 0, failures };
      }),

    forgive: (name) => run('limit-forgive', () => void forgive.run(name)),
  };
}
