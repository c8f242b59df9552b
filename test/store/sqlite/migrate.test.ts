import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { StartProblem } from '../../../src/lib/start-problem.ts';
import { migrate, schemaVersion } from '../../../src/store/sqlite/migrate.ts';
import { openSqlite } from '../../../src/store/sqlite/client.ts';
import { startProblems } from '../../../src/settings/start-problems.ts';
import { quiet } from '../backends.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** The tables of 26 November 2026, when the file had no version. */
const FIRST_TABLES = readFileSync(new URL('tables-without-version.sql', import.meta.url), 'utf8');

const versionOf = (database: Database.Database) =>
  database.pragma('user_version', { simple: true });

const tablesOf = (database: Database.Database) =>
  database
    .prepare(`SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name`)
    .all();

suite('the tables of the embedded store', () => {
  test('have a version', async () => {
    await using folder = await temporaryFolder();
    const client = openSqlite(folder.file('state.db'), quiet);

    assert.equal(versionOf(client.database), schemaVersion);
    client.close();
  });

  test('of a file without a version are kept with their rows, and get a version', async () => {
    await using folder = await temporaryFolder();
    const old = new Database(folder.file('state.db'));
    old.exec(FIRST_TABLES);
    old.exec(`INSERT INTO sessions (key, owner, expires) VALUES ('session:a', 'user-a', 4102444800000);
      INSERT INTO carts (owner, born, version, notices, expires) VALUES ('user-a', 1, 2, '[]', 4102444800000);
      INSERT INTO cart_lines (owner, slug, quantity, added) VALUES ('user-a', 'weekender', 3, 1);`);
    assert.equal(versionOf(old), 0);
    old.close();

    const client = openSqlite(folder.file('state.db'), quiet);
    const fresh = new Database(':memory:');
    migrate(fresh);
    assert.equal(versionOf(client.database), schemaVersion);
    assert.deepEqual(tablesOf(client.database), tablesOf(fresh));
    const line = client.database.prepare('SELECT owner, slug, quantity FROM cart_lines').get();
    assert.deepEqual(line, { owner: 'user-a', slug: 'weekender', quantity: 3 });
    client.close();
    fresh.close();
  });

  test('of a newer release refuse the start with one sentence, and stay as they are', async () => {
    await using folder = await temporaryFolder();
    const file = folder.file('state.db');
    const newer = new Database(file);
    newer.exec('CREATE TABLE of_a_newer_release (id TEXT)');
    newer.pragma(`user_version = ${schemaVersion + 1}`);
    newer.close();

    assert.throws(
      () => openSqlite(file, quiet),
      (error: unknown) => {
        assert.ok(error instanceof StartProblem);
        const [problem, ...others] = startProblems(error, undefined);
        assert.match(problem!, /state\.db was written by a newer release .+ restore a backup\.$/);
        assert.deepEqual(others, []);
        return true;
      },
    );
    const after = new Database(file);
    assert.equal(tablesOf(after).length, 1);
    after.close();
  });
});
