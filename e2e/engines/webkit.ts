import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { temporaryFolder } from '../../test/support/folder.ts';
import { freePort } from '../../test/support/redis-server.ts';
import type { Engine, Window } from './engine.ts';
import { startProgram } from './program.ts';

const WITHOUT_MOTION = '[Settings]\ngtk-enable-animations=0\n';

/** Starts WebKitGTK. It has no headless mode, so it draws on a screen that nobody sees. */
export async function startWebKit(): Promise<Engine> {
  const settings = await temporaryFolder();
  await mkdir(settings.file('gtk-3.0'));
  await writeFile(settings.file('gtk-3.0/settings.ini'), WITHOUT_MOTION);
  const screen = startProgram('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1200x24']);
  const environment = {
    DISPLAY: `:${await screen.says(/^(\d+)$/)}`,
    XDG_CONFIG_HOME: settings.file('.'),
    // Else it asks for the bus of a desktop.
    GTK_A11Y: 'none',
    // Its sandbox does not start as root.
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  };
  return {
    open: (width, height) => openWindow(environment, width, height),
    async [Symbol.asyncDispose]() {
      await screen[Symbol.asyncDispose]();
      await settings[Symbol.asyncDispose]();
    },
  };
}

/** Each window has a driver, because a driver serves one session at a time. */
async function openWindow(
  environment: NodeJS.ProcessEnv,
  width: number,
  height: number,
): Promise<Window> {
  const port = await freePort();
  const driver = startProgram('WebKitWebDriver', [`--port=${port}`], environment);
  const address = `http://127.0.0.1:${port}`;
  await expect(() => webDriver('GET', `${address}/status`)).toPass({ intervals: [20] });
  const { sessionId } = (await webDriver('POST', `${address}/session`, {
    capabilities: {},
  })) as { sessionId: string };
  const session = `${address}/session/${sessionId}`;
  const send = (command: string, body: object) => webDriver('POST', `${session}/${command}`, body);
  await send('window/rect', { width, height });

  const troubles: string[] = [];
  async function evaluate(expression: string): Promise<unknown> {
    const script = `(${String(watch)})(); return JSON.stringify([troubles.splice(0), ${expression}])`;
    const answer = (await send('execute/sync', { script, args: [] })) as string;
    const [more, value] = JSON.parse(answer) as [string[], unknown];
    troubles.push(...more);
    return value ?? undefined;
  }

  return {
    evaluate,
    async goto(url) {
      await send('url', { url });
      await evaluate('0');
    },
    async perform(input) {
      await send('actions', { actions: input });
    },
    async screenshot() {
      const data = (await webDriver('GET', `${session}/screenshot`)) as string;
      return Buffer.from(data, 'base64');
    },
    async troubles() {
      await evaluate('0');
      return troubles;
    },
    async close() {
      await webDriver('DELETE', session);
      await driver[Symbol.asyncDispose]();
    },
  };
}

/** Sends one command of WebDriver (https://w3c.github.io/webdriver). @throws {Error} with the words of the driver */
async function webDriver(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body?: object,
): Promise<unknown> {
  const request = { method, body: body && JSON.stringify(body) };
  const answer = await fetch(url, request);
  const { value } = (await answer.json()) as { value: unknown };
  if (answer.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw new Error(`${url}: ${error}: ${message}`);
}

/**
 * Runs in the page. WebKit's automation windows show nobody their console, so the page itself notes what goes wrong, from
 * its first look on.
 */
function watch(): void {
  const page = window as { troubles?: string[] };
  if (page.troubles) return;
  const troubles = (page.troubles = [] as string[]);
  addEventListener('error', ({ message }) => troubles.push(message));
  addEventListener('unhandledrejection', ({ reason }) => troubles.push(String(reason)));
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    troubles.push(`Content-Security-Policy: ${violatedDirective} ${blockedURI}`),
  );
  for (const level of ['warn', 'error'] as const)
    console[level] = (...words: unknown[]) => troubles.push(words.join(' '));
}
