/**
 * Stored data cannot be read or written now: its server is down, or its file is locked, full, read-only or broken.
 * Nothing is known about the data.
 */
export class DataUnavailable extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'DataUnavailable';
  }
}

/** A file of the shop is damaged or gone. Waiting does not help. The message names the file and says what to do. */
export class BrokenFile extends Error {
  readonly file: string;

  constructor(file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenFile';
    this.file = file;
  }
}
