import type { Writable } from 'node:stream';
import type { Redis } from 'ioredis';

/** Calls what it is given when this turn of the event loop ends. */
export type EndOfTurn = (job?: () => void) => void;

/**
 * Holds back what is asked until this turn of the event loop ends, so that the questions of all requests that
 * came in together leave in one write, are read at once, and come back in one answer.
 * @returns what to call before a question, or with a question that is to be asked last
 */
export function writeOncePerTurn(connection: Redis): EndOfTurn {
  const jobs: (() => void)[] = [];
  let ending = false;
  return (job) => {
    if (job) jobs.push(job);
    if (ending) return;
    ending = true;
    const { stream } = connection as unknown as { stream?: Writable };
    stream?.cork();
    setImmediate(() => {
      for (const each of jobs.splice(0)) each();
      ending = false;
      stream?.uncork();
    });
  };
}
