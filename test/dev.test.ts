import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, readdir, readFile, symlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, type Folder } from './support/folder.ts';
import { freePort } from './support/redis-server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PARTS = [
  'package.json',
  'tsconfig.json',
  'vite.config.ts',
  'migrations',
  'public',
  'src',
  'views',
];

test('npm run dev prints an address and a log-in that work, and starts anew on a change', async () => {
  await using folder = await copyOfTheProject();
  await using dev = await startDev(folder);

  const origin = await dev.says(/Satchel is open: +(\S+)/);
  const email = await dev.says(/Sign in with: +(\S+)/);
  const password = await dev.says(/and the password: (.+)/);

  const shop = await fetch(`${origin}/shop`);
  const html = await shop.text();
  assert.equal(shop.status, 200);
  assert.match(html, /<script type="module" src="\/@vite\/client">/);
  const styles = await fetch(`${origin}/client/main.css`);
  assert.equal(styles.status, 200);

  const signIn = await fetch(`${origin}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin },
    body: new URLSearchParams({ email, password }),
  });
  assert.deepEqual([signIn.status, signIn.headers.get('location')], [303, '/']);

  await appendFile(folder.file('src/shop/money.ts'), '\n');
  assert.equal(await dev.says(/Satchel is open: +(\S+)/), origin);
});

test('npm run dev watches all that the server is made of, and nothing else', async () => {
  const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
    scripts: { dev: string };
  };
  const watched = [...scripts.dev.matchAll(/--watch-path=src\/(\S+)/g)].map(
    ([, part = '']) => part,
  );
  const parts = await readdir(`${ROOT}src`);
  // Vite brings changed browser code by itself; the commands are processes of their own.
  const others = new Set(['client', 'commands']);
  assert.deepEqual(watched.sort(), parts.filter((part) => !others.has(part)).sort());
});

async function copyOfTheProject(): Promise<Folder> {
  const folder = await temporaryFolder();
  for (const part of PARTS) await cp(`${ROOT}${part}`, folder.file(part), { recursive: true });
  await symlink(`${ROOT}node_modules`, folder.file('node_modules'));
  return folder;
}

/** Runs it as a newcomer would, on the one port that is free. */
async function startDev(folder: Folder) {
  const { PATH, HOME } = process.env;
  const npm = spawn('npm', ['run', 'dev'], {
    cwd: folder.file('.'),
    env: { PATH, HOME, PORT: `${await freePort()}` },
    stdio: ['ignore', 'pipe', 'inherit'],
    // npm starts others: they are ended as one group.
    detached: true,
  });
  const lines = createInterface(npm.stdout)[Symbol.asyncIterator]();

  return {
    /** Reads on until a line is like this. @returns its first group */
    async says(pattern: RegExp): Promise<string> {
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        const found = pattern.exec(line.value)?.[1];
        if (found) return found;
      }
      throw new Error(`It ended without saying ${pattern}.`);
    },
    async [Symbol.asyncDispose]() {
      const ended = once(npm, 'close');
      process.kill(-npm.pid!, 'SIGKILL');
      await ended;
    },
  };
}
