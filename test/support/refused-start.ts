import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a start that is refused says, and its exit code. @param root the folder of the project */
export async function refusedStart(settings: NodeJS.ProcessEnv, root = ROOT) {
  const server = spawn(process.execPath, [`${root}/src/server.ts`], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(server.stdout),
    text(server.stderr),
    once(server, 'exit'),
  ]);
  return { status: status as number, stdout, stderr };
}
