import { writeFile } from 'node:fs/promises';
import { temporaryFolder } from '../../test/support/folder.ts';
import { connectBidi, type Bidi } from './bidi.ts';
import type { Engine, Window } from './engine.ts';
import { startProgram } from './program.ts';

const PREFERENCES = 'user_pref("ui.prefersReducedMotion", 1);\n';

interface LogEntry {
  level: 'debug' | 'info' | 'warn' | 'error';
  text: string;
  source: { context: string };
}

/** Starts Firefox. One process serves all windows. */
export async function startFirefox(): Promise<Engine> {
  const profile = await temporaryFolder();
  await writeFile(profile.file('user.js'), PREFERENCES);
  const firefox = startProgram('firefox-esr', [
    '--headless',
    '--no-remote',
    '--remote-debugging-port=0',
    '--profile',
    profile.file('.'),
  ]);
  const address = await firefox.says(/WebDriver BiDi listening on (\S+)/);

  const log: LogEntry[] = [];
  const bidi = await connectBidi(`${address}/session`, (_event, entry) =>
    log.push(entry as LogEntry),
  );
  await bidi.send('session.new', { capabilities: {} });
  await bidi.send('session.subscribe', { events: ['log.entryAdded'] });

  return {
    open: (width, height) => openWindow(bidi, log, width, height),
    async [Symbol.asyncDispose]() {
      await firefox[Symbol.asyncDispose]();
      await profile[Symbol.asyncDispose]();
    },
  };
}

async function openWindow(
  { send }: Bidi,
  log: LogEntry[],
  width: number,
  height: number,
): Promise<Window> {
  const { userContext } = await send('browser.createUserContext');
  const { context } = await send('browsingContext.create', { type: 'window', userContext });
  await send('browsingContext.setViewport', { context, viewport: { width, height } });

  return {
    async goto(url) {
      await send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async evaluate(expression) {
      const answer = (await send('script.evaluate', {
        expression: `JSON.stringify(${expression})`,
        target: { context },
        awaitPromise: false,
      })) as { result?: { value?: string }; exceptionDetails?: { text: string } };
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.text);
      const value = answer.result?.value;
      return value === undefined ? undefined : JSON.parse(value);
    },
    async perform(input) {
      await send('input.performActions', { context, actions: input });
    },
    async screenshot() {
      const { data } = await send('browsingContext.captureScreenshot', { context });
      return Buffer.from(data as string, 'base64');
    },
    async troubles() {
      return log
        .filter(({ level, source }) => source.context === context && /warn|error/.test(level))
        .map(({ text }) => text);
    },
    async close() {
      await send('browser.removeUserContext', { userContext });
    },
  };
}
