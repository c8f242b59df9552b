import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newCertificate } from '../certificate.ts';
import { temporaryFolder } from '../folder.ts';
import { freePort } from '../redis-server.ts';
import { systemPath } from '../system-path.ts';

export type ProxyName = 'haproxy' | 'nginx';

export interface FrontProxy extends AsyncDisposable {
  /** The certificate of its port for TLS. */
  certificate: string;
  /** Starts it in front of this port. */
  start(appPort: number): Promise<void>;
  ports: { http: number; https: number };
}

const files: Record<ProxyName, string> = { haproxy: 'haproxy.cfg', nginx: 'nginx.conf' };

/** Prepares a real proxy, with the configuration beside this file. Only its ports and paths are replaced. */
export async function prepareProxy(name: ProxyName): Promise<FrontProxy> {
  const folder = await temporaryFolder();
  const { key, certificate } = await newCertificate();
  const ports = { http: await freePort(), https: await freePort() };
  let proxy: ChildProcess | undefined;
  const killNow = () => proxy?.kill('SIGKILL');
  process.once('exit', killNow);

  async function start(appPort: number): Promise<void> {
    await writeFile(folder.file('shop.pem'), certificate + key);
    const template = await readFile(fileURLToPath(new URL(files[name], import.meta.url)), 'utf8');
    const config = template
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${appPort}`)
      .replaceAll('127.0.0.1:80;', `127.0.0.1:${ports.http};`)
      .replaceAll('127.0.0.1:80\n', `127.0.0.1:${ports.http}\n`)
      .replaceAll('127.0.0.1:443', `127.0.0.1:${ports.https}`)
      .replaceAll(/\/(etc\/(haproxy|nginx)|run)\//g, `${folder.file('.')}/`)
      .replaceAll('inter 1s', 'inter 200ms');
    await writeFile(folder.file(files[name]), config);

    const flags = {
      haproxy: ['-db', '-f', folder.file(files.haproxy)],
      nginx: ['-p', folder.file('.'), '-c', folder.file(files.nginx)],
    };
    proxy = spawn(name, flags[name], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { PATH: systemPath },
    });
    for (const port of Object.values(ports)) await listening(port, proxy);
  }

  return {
    certificate,
    ports,
    start,
    async [Symbol.asyncDispose]() {
      process.off('exit', killNow);
      if (proxy && proxy.exitCode === null && proxy.signalCode === null) {
        const exited = once(proxy, 'exit');
        proxy.kill('SIGKILL');
        await exited;
      }
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function listening(port: number, proxy: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await delay(10)) {
    if (proxy.exitCode !== null) break;
    const socket = connect(port, '127.0.0.1');
    const [isOpen] = await Promise.race([
      once(socket, 'connect').then(() => [true]),
      once(socket, 'close').then(() => [false]),
    ]).catch(() => [false]);
    socket.destroy();
    if (isOpen) return;
  }
  throw new Error(`The proxy does not listen on port ${port}.`);
}
