/** A hung server answers 503 well within a second. A command that timed out may still run: changes have ids. */
export const COMMAND_TIMEOUT = 500;
const LAST_LOOK = 50;

export class TimedOut extends Error {
  constructor() {
    super('Redis has not answered in time.');
  }
}

/**
 * Fails when no answer has come for half a second. Timers run before sockets are read: a process that was itself held
 * up, by a collection of garbage or a busy machine, finds its time over and the answer unread. So at the end it looks
 * once more, and its own pause is not taken for silence of the server.
 * @throws {TimedOut}
 */
export function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new TimedOut());
    let timer = setTimeout(
      () => (timer = setTimeout(giveUp, LAST_LOOK)),
      COMMAND_TIMEOUT - LAST_LOOK,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
