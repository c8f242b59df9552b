import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Browser, newPerson } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';
import { httpSite } from '../support/http-site.ts';
import { freePort, startRedis } from '../support/redis-server.ts';
import { ROOT } from '../support/refused-start.ts';
import { startServer } from '../support/server-process.ts';
import { SECRET, stores } from '../support/shop.ts';

for (const store of stores) {
  test(`a session that was signed out does not live in an older ${store} that is restored as the guide says`, async () => {
    await using folder = await temporaryFolder();
    await using redis = store === 'redis' ? await startRedis() : null;
    const port = await freePort();
    const settings = {
      PATH: process.env.PATH,
      PORT: `${port}`,
      DATA_DIR: folder.file('data'),
      REDIS_URL: redis?.url,
      SECRET_KEY: SECRET,
    };
    const data = redis?.folder ?? folder.file('data');
    const withoutShop = async (work: () => void) => {
      await redis?.kill();
      work();
      await redis?.start();
    };

    const before = await startServer(settings);
    const [laptop, thief, person] = [
      new Browser(httpSite(port)),
      new Browser(httpSite(port)),
      newPerson(),
    ];
    await laptop.signUp(person);
    await laptop.add('weekender', 2);
    await before.endBy('SIGTERM');
    await withoutShop(() => cpSync(data, folder.file('backup'), { recursive: true }));

    const after = await startServer(settings);
    for (const [name, value] of laptop.cookies) thief.cookies.set(name, value);
    await laptop.signOut();
    assert.equal(await thief.isSignedIn(), false);
    await after.endBy('SIGTERM');
    await withoutShop(() => {
      rmSync(data, { recursive: true });
      cpSync(folder.file('backup'), data, { recursive: true });
    });

    const command = ['src/operations/commands/end-all-sessions.ts'];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: ROOT,
      env: settings,
    });
    assert.equal(stdout, '1 session has ended. Nothing else was deleted.\n');

    const restored = await startServer(settings);
    assert.equal(await thief.isSignedIn(), false, 'it lives again');
    await laptop.signIn(person);
    assert.deepEqual(await laptop.lines(), { weekender: 2 });
    await restored.endBy('SIGTERM');
  });
}

test('a command that cannot reach its store says so in one sentence', async () => {
  await using folder = await temporaryFolder();
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: folder.file('data'),
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    SECRET_KEY: SECRET,
  };
  const command = ['src/operations/commands/end-all-sessions.ts'];
  const run = promisify(execFile)(process.execPath, command, { cwd: ROOT, env });
  await assert.rejects(run, ({ code, stderr }: { code: number; stderr: string }) => {
    assert.equal(code, 1);
    assert.match(stderr, /^The store does not answer\.$/m);
    assert.doesNotMatch(stderr, /^ +at /m);
    return true;
  });
});
