import { eventually } from './eventually.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** Which keys begin to replace the text of a field, and which end it. */
const browsers = {
  lynx: { command: ['lynx', '-accept_all_cookies', '-nopause'], begin: ['C-u'], end: [] },
  w3m: { command: ['w3m'], begin: ['Enter', 'C-u'], end: ['Enter'] },
};

/** A browser in a terminal, and somebody who knows Tab and Enter. */
export class TextBrowser implements AsyncDisposable {
  readonly #terminal: Terminal;
  readonly #begin: string[];
  readonly #end: string[];

  static async open(name: keyof typeof browsers, url: string): Promise<TextBrowser> {
    const { command, begin, end } = browsers[name];
    return new TextBrowser(await openTerminal(...command, url), begin, end);
  }

  private constructor(terminal: Terminal, begin: string[], end: string[]) {
    this.#terminal = terminal;
    this.#begin = begin;
    this.#end = end;
  }

  async sees(text: string): Promise<void> {
    const screen = async () => (await this.#terminal.look()).lines.join(' ').replace(/\s+/g, ' ');
    await eventually(screen).toContain(text);
  }

  /** @param shown what the field shows then */
  async fill(label: string, text: string, shown = text): Promise<void> {
    // The cursor may stand behind the number that is in the field.
    const row = await this.#tabTo(({ before }) => before.replace(/ \d+$/, '').endsWith(label));
    await this.#terminal.keys(...this.#begin);
    await this.#terminal.type(text);
    await this.#terminal.keys(...this.#end);
    const field = async () => {
      const { lines, row: now } = await this.#terminal.look();
      return now === row ? lines[row] : undefined;
    };
    await eventually(field).toContain(shown);
  }

  /** Presses a link or a button. */
  async press(name: string): Promise<void> {
    await this.#tabTo(({ after }) => after.startsWith(name));
    await this.#terminal.keys('Enter');
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#terminal[Symbol.asyncDispose]();
  }

  /** Goes from one link, button or field to the next. @returns the row in which the right one is */
  async #tabTo(isThere: (words: { before: string; after: string }) => boolean): Promise<number> {
    for (;;) {
      const { lines, row, column } = await this.#terminal.look();
      const line = lines[row]!;
      const before = [...lines.slice(0, row), line.slice(0, column)].join(' ');
      const after = [line.slice(column), ...lines.slice(row + 1)].join(' ');
      if (isThere({ before: words(before), after: words(after) })) return row;
      await this.#terminal.keys('Tab');
      const place = async () => {
        const now = await this.#terminal.look();
        return `${now.row}:${now.column}`;
      };
      await eventually(place, `nothing comes after ${line}`).not.toBe(`${row}:${column}`);
    }
  }
}

/** What a person reads: without the marks of fields and buttons. Lynx marks a button with its value. */
function words(text: string): string {
  return text
    .replace(/\[$|\((BUTTON|\d+)\)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
