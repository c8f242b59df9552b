import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { temporaryFolder } from './support/folder.ts';
import { freePort } from './support/redis-server.ts';
import { ROOT } from './support/refused-start.ts';
import { SECRET } from './support/shop.ts';

const run = promisify(execFile);
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};

test('SIGTERM to npm start ends the server, and a fresh build is not built again', async (t) => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const manifest = `${ROOT}dist/.vite/manifest.json`;
  const built = statSync(manifest).mtimeMs;
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: ROOT,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      SECRET_KEY: SECRET,
      PORT: `${port}`,
      DATA_DIR: folder.file('data'),
    },
  });
  t.after(() => npm.kill('SIGKILL'));
  while (!(await isListening(port))) await delay(50);

  npm.kill('SIGTERM');
  await once(npm, 'exit');
  while (await isListening(port)) await delay(50);
  assert.equal(statSync(manifest).mtimeMs, built);
});

suite('one sentence says what to do', () => {
  const oldNode = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' });
    await import(${JSON.stringify(`${ROOT}scripts/check-node.mjs`)});`;

  test('where Node is too old', async () => {
    const args = ['--input-type=module', '--eval', oldNode];
    await assert.rejects(run(process.execPath, args), ({ code, stderr }) => {
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^This is Node 20\.20\.2, and the shop needs Node 24 or later: [^\n]+\n$/,
      );
      return true;
    });
  });

  for (const name of ['dev', 'start', 'build', 'test', 'stale-sessions', 'end-all-sessions']) {
    test(`npm run ${name} asks for the version before it runs TypeScript`, () => {
      assert.match(scripts[`pre${name}`]!, /^node scripts\/check-node\.mjs\b/);
    });
  }

  test('where nothing is built and Vite is not installed', async () => {
    await using folder = await temporaryFolder();
    cpSync(`${ROOT}scripts`, folder.file('scripts'), { recursive: true });
    for (const flag of ['', '--if-stale']) {
      const built = run(process.execPath, [folder.file('scripts/build.ts'), flag]);
      await assert.rejects(built, ({ code, stderr }) => {
        assert.equal(code, 1);
        assert.match(stderr, /^The assets cannot be built, [^\n]+: run npm ci --include=dev\.\n$/);
        return true;
      });
    }
    mkdirSync(folder.file('dist/.vite'), { recursive: true });
    writeFileSync(folder.file('dist/.vite/manifest.json'), '{}');
    await run(process.execPath, [folder.file('scripts/build.ts'), '--if-stale']);
  });
});

test('a clone with the line ends of Windows has those of this project, and its entrypoint runs', async () => {
  await using folder = await temporaryFolder();
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args]);
  const origin = folder.file('origin');
  for (const name of [
    '.gitattributes',
    '.prettierrc.json',
    'docker',
    'src/lib',
    'public',
    'package.json',
  ]) {
    cpSync(`${ROOT}${name}`, `${origin}/${name}`, { recursive: true });
  }
  await git('init', '--quiet', origin);
  await git('-C', origin, 'add', '--all');
  await git('-C', origin, 'commit', '--quiet', '--message', 'all');
  const clone = folder.file('clone');
  await git('clone', '--quiet', '--config', 'core.autocrlf=true', origin, clone);

  const { stdout } = await run('sh', [`${clone}/docker/entrypoint.sh`, 'echo', 'started']);
  assert.equal(stdout, 'started\n');
  await run(`${ROOT}node_modules/.bin/prettier`, ['--check', 'src', 'package.json'], {
    cwd: clone,
  });
  const { stdout: eol } = await git('-C', clone, 'ls-files', '--eol');
  assert.doesNotMatch(eol, /w\/(crlf|mixed)/);
  assert.ok(existsSync(`${clone}/src/lib/start-problem.ts`));
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
