import closeWithGrace from 'close-with-grace';
import { encodeQR } from 'qr';
import { createApp, type App } from './app.ts';
import { demoUser } from './auth/sign-in/demo-user.ts';
import { homeAddress } from './lib/home-address.ts';
import { DRAIN, GRACE } from './operations/drain.ts';
import { isLoopback, readConfig, readEnvironment, type Config } from './settings/config.ts';
import { startProblems } from './settings/start-problems.ts';

// What the process writes is for its owner alone, from the first moment.
process.umask(0o077);

let config: Config | undefined;
try {
  config = readConfig(readEnvironment());
  await start(config);
} catch (error) {
  const problems = startProblems(error, config);
  if (problems.length === 0) throw error;
  for (const problem of problems) console.error(problem);
  process.exit(1);
}

async function start(config: Config) {
  const app = await createApp(config, {
    dev: process.argv.includes('--dev'),
    logger: {
      level: config.logLevel,
      ...(process.stdout.isTTY && { transport: { target: 'pino-pretty' } }),
    },
  });

  closeWithGrace({ delay: GRACE, logger: app.log }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'uncaught error');
    else if (config.production) await app.drain(DRAIN);
    await app.close();
  });

  await app.listen({ host: config.host, port: config.port });
  if (!config.production) printGreeting(app, config);
}

function printGreeting(app: App, config: Config) {
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  console.log(`
  Satchel is open:  http://localhost:${port}
  Sign in with:     ${demoUser.email}
  and the password: ${demoUser.password}
  Sessions live in: ${config.redisUrl ? 'Redis' : config.stateFile}
  On your phone:    ${phoneHint(config, port)}
`);
}

/** Says how to open the shop on a phone in the same network: an address with its QR code, or the command that opens it. */
function phoneHint({ publicUrl: { hostname, origin } }: Config, port: number): string {
  if (!isLoopback(hostname)) return `${origin}\n\n${encodeQR(origin, 'term')}`;
  return `HOST=0.0.0.0 PUBLIC_URL=http://${homeAddress() ?? hostname}:${port} npm run dev`;
}
