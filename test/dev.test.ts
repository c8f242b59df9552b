import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, readFile, symlink } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, type Folder } from './support/folder.ts';
import { sendRaw, statusOf } from './support/raw-request.ts';
import { freePort } from './support/redis-server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PARTS = [
  'client',
  'package.json',
  'tsconfig.json',
  'vite.config.ts',
  'migrations',
  'public',
  'scripts',
  'src',
  'views',
];

test('npm run dev prints an address and a log-in that work, and restarts after a change', async () => {
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

  const port = Number(new URL(origin).port);
  // `curl --http2` asks for the first, and a WebSocket that is not Vite's for the second.
  for (const protocol of ['h2c', 'websocket']) {
    const answer = await sendRaw(
      port,
      `GET /shop HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings, close\r\n` +
        `upgrade: ${protocol}\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n` +
        `sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nsec-websocket-version: 13\r\n\r\n`,
    );
    assert.equal(statusOf(answer), 200, protocol);
  }
  const reload = new WebSocket(origin.replace('http', 'ws') + '/', 'vite-ping');
  assert.equal((await Promise.race([once(reload, 'open'), once(reload, 'error')]))[0].type, 'open');
  reload.close();

  await appendFile(folder.file('src/shop/money.ts'), '\n');
  assert.equal(await dev.says(/Satchel is open: +(\S+)/), origin);
});

test('npm run dev says how to open the shop on a phone, and serves its scripts to that name', async () => {
  await using folder = await copyOfTheProject();
  const port = await freePort();
  const origin = `http://shop.test:${port}`;
  await using dev = await startDev(folder, { PORT: `${port}`, PUBLIC_URL: origin });

  assert.equal(await dev.says(/On your phone: +(\S+)/), origin);
  // A terminal shows the QR code as white and black blanks.
  await dev.says(/(\[1;47m {2})/);
  for (const path of ['/@vite/client', '/client/main.ts']) {
    assert.equal(await statusAt(port, `shop.test:${port}`, path), 200, path);
  }
  assert.equal(await statusAt(port, `evil.test:${port}`, '/@vite/client'), 421);
});

test('npm run dev prints the command that opens the shop to a phone', async () => {
  await using folder = await copyOfTheProject();
  await using dev = await startDev(folder);
  assert.match(
    await dev.says(/On your phone: +(.+)/),
    /^HOST=0\.0\.0\.0 PUBLIC_URL=http:\/\/[\w.]+:\d+ npm run dev$/,
  );
});

test('npm run dev watches the whole code of the server and nothing else', async () => {
  const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
    scripts: { dev: string };
  };
  const watched = [...scripts.dev.matchAll(/--watch-path=(\S+)/g)].map(([, path]) => path);
  // Vite watches client/ and views/ itself.
  assert.deepEqual(watched, ['src']);
});

async function copyOfTheProject(): Promise<Folder> {
  const folder = await temporaryFolder();
  for (const part of PARTS) await cp(`${ROOT}${part}`, folder.file(part), { recursive: true });
  await symlink(`${ROOT}node_modules`, folder.file('node_modules'));
  return folder;
}

/** Asks for a path at a host name that this machine does not know. */
async function statusAt(port: number, host: string, path: string): Promise<number | undefined> {
  const request = get({ port, path, headers: { host } });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

/** Runs it as a new developer does, on a free port. */
async function startDev(folder: Folder, settings: NodeJS.ProcessEnv = {}) {
  const { PATH, HOME } = process.env;
  const npm = spawn('npm', ['run', 'dev'], {
    cwd: folder.file('.'),
    env: { PATH, HOME, PORT: `${await freePort()}`, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
    // npm starts other processes. As a group they can be ended together.
    detached: true,
  });
  const lines = createInterface(npm.stdout)[Symbol.asyncIterator]();

  return {
    /** Reads until a line matches. @returns its first group */
    async says(pattern: RegExp): Promise<string> {
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        const found = pattern.exec(line.value)?.[1];
        if (found) return found;
      }
      throw new Error(`It ended and printed nothing like ${pattern}.`);
    },
    async [Symbol.asyncDispose]() {
      const ended = once(npm, 'close');
      process.kill(-npm.pid!, 'SIGKILL');
      await ended;
    },
  };
}
