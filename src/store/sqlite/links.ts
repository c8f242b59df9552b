import type { BackendOptions, LinkBackend } from '../backend.ts';
import type { SqliteClient } from './client.ts';

/** Links as rows. */
export function createSqliteLinkBackend(
  { database, run }: SqliteClient,
  { clock }: Pick<BackendOptions, 'clock'>,
): LinkBackend {
  const claim = database.prepare(
    `INSERT INTO links (key, sealed, expires) VALUES (:key, :sealed, :now + :lifetime)
     ON CONFLICT DO UPDATE SET sealed = excluded.sealed, expires = excluded.expires
     WHERE links.expires <= :now`,
  );
  const write = database.prepare(
    'INSERT OR REPLACE INTO links (key, sealed, expires) VALUES (?, ?, ?)',
  );
  const read = database
    .prepare<[string, number], Buffer>('SELECT sealed FROM links WHERE key = ? AND expires > ?')
    .pluck();
  const take = database
    .prepare<[string, number], Buffer>(
      'DELETE FROM links WHERE key = ? AND expires > ? RETURNING sealed',
    )
    .pluck();
  const removeAll = database.prepare('DELETE FROM links WHERE key GLOB ?');

  return {
    claim: (key, sealed, lifetime) =>
      run('link-claim', () => claim.run({ key, sealed, lifetime, now: clock() }).changes > 0),
    write: (key, sealed, lifetime) =>
      run('link-write', () => void write.run(key, sealed, clock() + lifetime)),
    read: (key) => run('link-read', () => read.get(key, clock()) ?? null),
    removeAll: (prefix) => run('link-remove-all', () => void removeAll.run(`${prefix}*`)),
    take: (key) => run('link-take', () => take.get(key, clock()) ?? null),
  };
}
