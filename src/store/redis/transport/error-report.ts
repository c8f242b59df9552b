/** An error with the same message is reported once in this time, in milliseconds. */
const PAUSE = 10_000;
/** How many messages are remembered. */
const MOST_MESSAGES = 100;

/** Passes on errors. A server that is away causes the same error several times a second, on each connection. */
export function reportSeldom(report: (error: Error) => void): (error: Error) => void {
  const reported = new Map<string, number>();
  return (error) => {
    const now = performance.now();
    const last = reported.get(error.message) ?? -Infinity;
    if (now - last < PAUSE) return;
    if (reported.size >= MOST_MESSAGES) reported.clear();
    reported.set(error.message, now);
    report(error);
  };
}
