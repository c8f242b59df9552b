import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { createClock, type TestClock } from './clock.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

export const SECRET = 'a secret of the tests that is long enough';

export type StoreName = 'sqlite' | 'redis';
/** The stores on which suites run. `npm run test:quick` leaves out Redis, because it needs a server. */
export const stores: StoreName[] = process.env.QUICK ? ['sqlite'] : ['sqlite', 'redis'];

export interface Shop extends AsyncDisposable {
  app: App;
  clock: TestClock;
  /** Only on Redis. */
  redis: RedisServer | undefined;
  /** The folder of the SQLite files. */
  folder: string;
  /** Closes the app and opens it again on the same data, with other settings if given. */
  restart(settings?: NodeJS.ProcessEnv): Promise<void>;
}

/**
 * Opens the whole app on its own store. Settings have the names of environment variables. Its Redis does not wait for
 * the disk: a disk that is slow to sync makes Redis silent for seconds, which would be an outage in an unrelated test.
 * Passwords are hashed at a cost that takes no time, unless the test is about that.
 * @param log gets the lines of the log, from warnings up
 */
export async function openShop(
  store: StoreName,
  settings: NodeJS.ProcessEnv = {},
  { weakPasswordHashes = true, log }: { weakPasswordHashes?: boolean; log?: object[] } = {},
): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-shop-'));
  const redis = store === 'redis' ? await startRedis('--appendfsync', 'no') : undefined;
  const clock = createClock();
  const open = (more: NodeJS.ProcessEnv = {}) => {
    const config = readConfig({
      SECRET_KEY: SECRET,
      LIMIT_PER_ADDRESS: '0',
      DATA_DIR: folder,
      REDIS_URL: redis?.url,
      ...settings,
      ...more,
    });
    return createApp(config, {
      clock,
      weakPasswordHashes: weakPasswordHashes && !config.production,
      logger: log && {
        level: 'warn',
        stream: { write: (line: string) => void log.push(JSON.parse(line) as object) },
      },
    });
  };

  const shop: Shop = {
    app: await open(),
    clock,
    redis,
    folder,
    async restart(more) {
      await shop.app.close();
      shop.app = await open(more);
    },
    async [Symbol.asyncDispose]() {
      await shop.app.close();
      await redis?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
  return shop;
}
