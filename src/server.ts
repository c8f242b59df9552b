import closeWithGrace from 'close-with-grace';
import { encodeQR } from 'qr';
import { createApp, type App } from './app.ts';
import { demoUser } from './auth/sign-in/demo-user.ts';
import { homeAddress } from './lib/home-address.ts';
import { DRAIN, GRACE } from './operations/drain.ts';
import { createLogDestination, type LogDestination } from './operations/log-destination.ts';
import {
  hasDemoUser,
  isLoopback,
  readConfig,
  readEnvironment,
  type Config,
} from './settings/config.ts';
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
  const log = createLogDestination(process.stdout);
  const app = await createApp(config, {
    dev: process.argv.includes('--dev'),
    logger: {
      level: config.logLevel,
      ...(process.stdout.isTTY ? { transport: { target: 'pino-pretty' } } : { stream: log }),
    },
  });
  watchLog(app, log);

  closeWithGrace({ delay: GRACE, logger: app.log }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'uncaught error');
    else if (config.production) await app.drain(DRAIN);
    await app.close();
    await log.flush();
  });

  await app.listen({ host: config.host, port: config.port });
  if (!config.production) printGreeting(app, config);
  else if (hasDemoUser(config)) logDemoUser(app);
}

function watchLog(app: App, log: LogDestination) {
  app.metrics.watch('log_lines_dropped', 'Lines that nobody read', log.dropped);
  log.onRoom((dropped) =>
    app.log.warn({ event: 'log_lines_dropped', dropped }, 'log lines dropped: nobody read them'),
  );
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

function logDemoUser(app: App) {
  const { email, password } = demoUser;
  app.log.info(
    { event: 'demo_user' },
    `Sign in with ${email} and the password “${password}”. Where PUBLIC_URL is not of this machine, there is no demo user.`,
  );
}
