export type EngineName = 'firefox' | 'webkit';

/** A browser other than Chromium. Playwright cannot drive those of Debian, so they are driven by the protocols of the W3C. */
export interface Engine extends AsyncDisposable {
  /** Opens a window of this size, in pixels, which has cookies of its own. */
  open(width: number, height: number): Promise<Window>;
}

export interface Window {
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<void>;
  /** Runs an expression in the page. @returns its value, which JSON must be able to hold */
  evaluate(expression: string): Promise<unknown>;
  /** Moves, presses and types as a person does. The format is the one that WebDriver and WebDriver BiDi share. */
  perform(input: object[]): Promise<void>;
  /** @returns a PNG of what the window shows */
  screenshot(): Promise<Buffer>;
  /** The errors and warnings of all its pages until now. A refusal by the CSP is one of them. */
  troubles(): Promise<string[]>;
  close(): Promise<void>;
}
