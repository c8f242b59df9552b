import closeWithGrace from 'close-with-grace';
import { createApp } from './app.ts';
import { demoUser } from './auth/demo-user.ts';
import { ConfigError, readConfig, readEnvironment, type Config } from './config.ts';

const GRACE_MILLISECONDS = 9_000;

const config = readConfigOrExplain();
const app = await createApp(config, {
  dev: process.argv.includes('--dev'),
  logger: {
    level: config.logLevel,
    ...(process.stdout.isTTY && { transport: { target: 'pino-pretty' } }),
  },
});

closeWithGrace({ delay: GRACE_MILLISECONDS, logger: app.log }, async ({ err }) => {
  if (err) app.log.fatal({ err }, 'an error that nobody caught');
  await app.close();
});

await app.listen({ host: config.host, port: config.port });
if (!config.production) greet();

function readConfigOrExplain(): Config {
  try {
    return readConfig(readEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) console.error(problem);
    process.exit(1);
  }
}

function greet() {
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  console.log(`
  Satchel is open:  http://localhost:${port}
  Sign in with:     ${demoUser.email}
  and the password: ${demoUser.password}
  Carts live in:    ${config.redisUrl ? 'Redis' : config.stateFile}
`);
}
