import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';
import { httpSite } from '../support/http-site.ts';
import { freePort } from '../support/redis-server.ts';
import { startServer } from '../support/server-process.ts';

const DESCRIPTORS = 256;
const CONNECTIONS = 500;

test('a shop with few descriptors and many connections says so, and does not fail', async () => {
  await using folder = await temporaryFolder();
  await using stack = new AsyncDisposableStack();
  const port = await freePort();
  const settings = { PORT: `${port}`, DATA_DIR: folder.file('data') };
  const server = stack.use(await startServer(settings, undefined, DESCRIPTORS));
  const agent = stack.adopt(new Agent({ keepAlive: true, maxSockets: 1 }), (it) => it.destroy());
  const browser = new Browser(httpSite(port, agent));
  await browser.get('/shop');

  const sockets: Socket[] = [];
  stack.defer(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let index = 0; index < CONNECTIONS; index += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }

  const line = await server.logged(/descriptors_exhausted/);
  assert.match(line, /EMFILE.*ulimit -n/);
  // Its thread for passwords and the files of its pages need descriptors of their own.
  assert.equal((await browser.signUp(newPerson())).status, 303);
  assert.equal((await browser.get('/favicon.svg')).status, 200);
  const { body } = await browser.get('/metrics');
  assert.match(body, new RegExp(`^process_max_fds ${DESCRIPTORS}$`, 'm'));
  const open = Number(/^process_open_fds (\d+)$/m.exec(body)![1]);
  assert.ok(open > DESCRIPTORS / 2 && open < DESCRIPTORS, `${open} are open`);
  const times = server
    .log()
    .filter((each) => each.includes('descriptors_exhausted'))
    .map((each) => (JSON.parse(each) as { time: number }).time);
  for (const [index, time] of times.slice(1).entries()) assert.ok(time - times[index]! >= 990);
});
