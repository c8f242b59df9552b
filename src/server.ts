import closeWithGrace from 'close-with-grace';
import { createApp, type App } from './app.ts';
import { demoUser } from './auth/sign-in/demo-user.ts';
import { DRAIN, GRACE } from './operations/drain.ts';
import { createLogDestination, type LogDestination } from './operations/log-destination.ts';
import { hasDemoUser, readConfig, readEnvironment, type Config } from './settings/config.ts';
import { startProblems } from './settings/start-problems.ts';

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
`);
}

function logDemoUser(app: App) {
  const { email, password } = demoUser;
  app.log.info(
    { event: 'demo_user' },
    `Sign in with ${email} and the password “${password}”. Where PUBLIC_URL is not of this machine, there is no demo user.`,
  );
}
