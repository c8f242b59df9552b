import type { AddressInfo } from 'node:net';
import { createApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { createClock, type TestClock } from './clock.ts';
import { temporaryFolder } from './folder.ts';
import { SECRET } from './shop.ts';

export interface LogLine {
  level: number;
  msg: string;
  reqId?: string;
  event?: string;
  code?: string;
  ip?: string;
  count?: number;
  req?: { method: string; url: string; remoteAddress: string };
  err?: { message: string; stack: string };
}

export interface LoggedShop extends AsyncDisposable {
  app: App;
  clock: TestClock;
  port: number;
  /** Everything that it has logged. */
  lines: LogLine[];
  log(): string;
}

/** Opens a shop on the embedded store that listens, and keeps its log. */
export async function openLoggedShop(settings: NodeJS.ProcessEnv = {}): Promise<LoggedShop> {
  const folder = await temporaryFolder();
  const clock = createClock();
  const lines: LogLine[] = [];
  const config = readConfig({
    SECRET_KEY: SECRET,
    LIMIT_PER_ADDRESS: '0',
    DATA_DIR: folder.file('data'),
    ...settings,
  });
  const app = await createApp(config, {
    clock,
    weakPasswordHashes: !config.production,
    logger: {
      level: 'info',
      stream: { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) },
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    app,
    clock,
    port: (app.server.address() as AddressInfo).port,
    lines,
    log: () => lines.map((line) => JSON.stringify(line)).join('\n'),
    async [Symbol.asyncDispose]() {
      await app.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
