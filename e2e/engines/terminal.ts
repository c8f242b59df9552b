import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../test/support/folder.ts';

const run = promisify(execFile);

export interface Terminal extends AsyncDisposable {
  /** Presses keys, by the names of tmux: `Enter`, `C-u`. */
  keys(...names: string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** What it shows, and where the cursor is. */
  look(): Promise<{ lines: string[]; row: number; column: number }>;
}

/** Runs a program in a terminal, at home in an empty folder. */
export async function openTerminal(...command: string[]): Promise<Terminal> {
  const home = await temporaryFolder();
  const tmux = async (...args: string[]) => {
    const { stdout } = await run('tmux', ['-S', home.file('tmux'), '-f', '/dev/null', ...args]);
    return stdout;
  };
  const environment = ['-e', `HOME=${home.file('.')}`, '-e', 'LANG=C.UTF-8'];
  await tmux('new-session', '-d', '-x', '100', '-y', '60', ...environment, ...command);

  return {
    async keys(...names) {
      if (names.length > 0) await tmux('send-keys', ...names);
    },
    async type(text) {
      await tmux('send-keys', '-l', text);
    },
    async look() {
      const cursor = ['display-message', '-p', '#{cursor_y} #{cursor_x}'];
      const [place = '', ...lines] = (await tmux(...cursor, ';', 'capture-pane', '-p')).split('\n');
      const [row = 0, column = 0] = place.split(' ').map(Number);
      return { lines, row, column };
    },
    async [Symbol.asyncDispose]() {
      await tmux('kill-server');
      await home[Symbol.asyncDispose]();
    },
  };
}
