import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Program extends AsyncDisposable {
  /** What it has printed until now, line by line. */
  readonly lines: readonly string[];
  /** Waits until it has printed a line that matches. @returns the first group */
  says(pattern: RegExp): Promise<string>;
}

/** Starts a program in the background. It is killed at the end, also when the test fails. */
export function startProgram(
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Program {
  const program = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const killNow = () => program.kill('SIGKILL');
  process.once('exit', killNow);
  const exited = once(program, 'exit');

  const lines: string[] = [];
  const printed = new EventTarget();
  for (const output of [program.stdout, program.stderr]) {
    createInterface(output).on('line', (line) => {
      lines.push(line);
      printed.dispatchEvent(new Event('line'));
    });
  }

  return {
    lines,
    async says(pattern) {
      for (;;) {
        const found = lines.map((line) => pattern.exec(line)?.[1]).find((group) => group);
        if (found) return found;
        const ended = await Promise.race([once(printed, 'line').then(() => false), exited]);
        if (ended) throw new Error(`${command} has ended:\n${lines.join('\n')}`);
      }
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', killNow);
      killNow();
      await exited;
    },
  };
}
