/**
 * How long a stream is held for a phone that lost its network and said no goodbye: `npx node bench/half-open.ts
 * [retries, default 4]`. Gives shop and phone a network of their own and cuts it, so it needs Linux, ip(8) and root.
 * `retries` is what docker-compose.yml sets for the shop: how often the kernel sends again what nobody acknowledges,
 * after 0.2 s and then twice as long each time (tcp(7), tcp_retries2).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '../test/support/folder.ts';

const RETRIES = process.argv[2] ?? '4';
const STREAMS = 10;
const ROUNDS = 5;
const PORT = 4170;
const [shop, phone] = [`satchel-shop-${process.pid}`, `satchel-phone-${process.pid}`];
const address = { shop: '10.99.0.1', phone: '10.99.0.2' };
const url = `http://${address.shop}:${PORT}`;

await using stack = new AsyncDisposableStack();
for (const name of [shop, phone]) {
  ip('netns', 'add', name);
  stack.defer(() => ip('netns', 'del', name));
}
ip('link', 'add', 'eth0', 'netns', shop, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', phone);
ip('-n', shop, 'addr', 'add', `${address.shop}/24`, 'dev', 'eth0');
ip('-n', phone, 'addr', 'add', `${address.phone}/24`, 'dev', 'eth0');
ip('-n', shop, 'link', 'set', 'lo', 'up');
for (const name of [shop, phone]) ip('-n', name, 'link', 'set', 'eth0', 'up');
ip('netns', 'exec', shop, 'sysctl', '--quiet', '--write', `net.ipv4.tcp_retries2=${RETRIES}`);

const folder = stack.use(await temporaryFolder());
const server = nodeIn(shop, ['src/server.ts'], {
  HOST: '0.0.0.0',
  PORT: String(PORT),
  PUBLIC_URL: url,
  DATA_DIR: folder.file('data'),
  LOG_LEVEL: 'info',
});
await said(server, 'Server listening');

for (let round = 1; round <= ROUNDS; round += 1) {
  const visitor = nodeIn(phone, ['--eval', `(${openStreams.toString()})('${url}', ${STREAMS})`]);
  await said(visitor, 'open');
  ip('-n', phone, 'link', 'set', 'eth0', 'down');
  const cut = performance.now();
  while ((await liveStreams()) > 0) await delay(100);
  console.log(
    `${STREAMS} streams given up ${((performance.now() - cut) / 1000).toFixed(1)} s after the cut`,
  );
  await end(visitor);
  ip('-n', phone, 'link', 'set', 'eth0', 'up');
}

/** Runs on the phone. */
async function openStreams(url: string, count: number): Promise<void> {
  const added = await fetch(`${url}/cart/lines`, {
    method: 'POST',
    headers: { origin: url, accept: 'application/json' },
    body: new URLSearchParams({ product: 'weekender', quantity: '1', change: crypto.randomUUID() }),
  });
  const cookie = added.headers.getSetCookie()[0]!.split(';')[0]!;
  for (let opened = 0; opened < count; opened += 1) {
    const stream = await fetch(`${url}/cart/events`, { headers: { cookie } });
    await stream.body!.getReader().read();
  }
  console.log('open');
}

async function liveStreams(): Promise<number> {
  const ask = nodeIn(shop, [
    '--eval',
    `fetch('http://127.0.0.1:${PORT}/metrics').then((a) => a.text()).then(console.log)`,
  ]);
  return Number(/^live_streams (\d+)$/m.exec(await said(ask, 'live_streams '))![1]);
}

function nodeIn(network: string, args: string[], settings: NodeJS.ProcessEnv = {}) {
  const all = ['netns', 'exec', network, process.execPath, ...args];
  const child = spawn('ip', all, {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stack.defer(() => end(child));
  return child;
}

async function said(child: ReturnType<typeof nodeIn>, words: string): Promise<string> {
  let text = '';
  for await (const data of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += data;
    if (text.includes(words) && text.endsWith('\n')) return text;
  }
  throw new Error(`It ended without saying ${words}:\n${text}`);
}

async function end(child: ReturnType<typeof nodeIn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
