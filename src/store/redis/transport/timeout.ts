/** How long a command may take, in milliseconds. A command that timed out may still run, so changes have ids. */
export const COMMAND_TIMEOUT = 500;
/** The last part of the timeout, in milliseconds, in which an answer that has already arrived is read. */
const READ_TIME = 50;

export class TimedOut extends Error {
  constructor() {
    super('Redis did not answer in time.');
  }
}

/**
 * Fails when there is no answer within `COMMAND_TIMEOUT`. The timeout has two timers, because Node runs timers before
 * it reads sockets. After the process itself was blocked, by garbage collection or a busy machine, a single timer would
 * expire although the answer has arrived.
 * @throws {TimedOut}
 */
export function withTimeout<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new TimedOut());
    let timer = setTimeout(
      () => (timer = setTimeout(giveUp, READ_TIME)),
      COMMAND_TIMEOUT - READ_TIME,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
