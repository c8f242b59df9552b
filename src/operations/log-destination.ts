import { fstatSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Writable } from 'node:stream';

/** How much may wait for the reader of the log, in bytes. It is some thousand lines. */
export const MOST_WAITING = 1024 * 1024;
/** How long the end of the process waits for the reader, in milliseconds. */
const FLUSH_TIMEOUT = 500;
/** Time between two looks whether everything is written, in milliseconds. */
const FLUSH_INTERVAL = 10;

export interface LogDestination {
  write(line: string): void;
  /** How many lines were dropped since the start. */
  dropped(): number;
  /** Sets who is told how many lines were dropped, once there is room again. */
  onRoom(listener: (dropped: number) => void): void;
  /** Resolves when everything is written, but after half a second at the latest. */
  flush(): Promise<void>;
}

/**
 * Where the lines of the log go. When nobody reads them, or the disk is full, lines are dropped and counted: the shop
 * neither waits nor keeps them all in memory. The destination of pino would do both.
 */
export function createLogDestination(stream: Writable & { fd?: number }): LogDestination {
  const file = stream.fd !== undefined && fstatSync(stream.fd).isFile() ? stream.fd : undefined;
  let [total, untold] = [0, 0];
  let tell: (dropped: number) => void = () => {};

  function write(line: string): void {
    if (stream.writableLength > MOST_WAITING) return drop();
    tellDropped();
    if (file === undefined) return void stream.write(line);
    try {
      // A stream to a file would end with its first error. After a full disk there may be room again.
      writeSync(file, line);
    } catch {
      drop();
    }
  }

  function drop(): void {
    total += 1;
    untold += 1;
  }

  function tellDropped(): void {
    if (untold === 0) return;
    const dropped = untold;
    untold = 0;
    tell(dropped);
  }

  stream.on('drain', tellDropped);
  // The reader is gone. Every later line fails too.
  stream.on('error', drop);

  return {
    write,
    dropped: () => total,
    onRoom: (listener) => void (tell = listener),
    async flush() {
      const deadline = performance.now() + FLUSH_TIMEOUT;
      while (stream.writableLength > 0 && performance.now() < deadline) await delay(FLUSH_INTERVAL);
    },
  };
}
