import { readdirSync } from 'node:fs';
import plugin from 'fastify-plugin';

/** How many descriptors are kept for files, threads and connections to Redis. */
export const RESERVE = 64;
/** Time between two lines about dropped connections, in milliseconds. */
const LOG_INTERVAL = 1000;

/**
 * Each connection needs a file descriptor, and so does each file and each thread. When all are used, Node accepts
 * nothing more and says nothing, and a request that needs a file fails. So fewer connections are taken than there are
 * descriptors; the others are dropped, and the log says so.
 */
export default plugin(
  async (app) => {
    const limit = descriptorLimit();
    app.metrics.watch('process_open_fds', 'Open file descriptors', countOpen);
    app.metrics.watch('process_max_fds', 'Largest number of file descriptors', () => limit);

    app.addHook('onReady', async () => {
      app.server.maxConnections = Math.max(limit - countOpen() - RESERVE, 1);
    });

    let dropped = 0;
    let loggedAt = -Infinity;
    app.server.on('drop', () => {
      dropped += 1;
      const now = performance.now();
      if (now - loggedAt < LOG_INTERVAL) return;
      app.log.error(
        { event: 'descriptors_exhausted', code: 'EMFILE', dropped, limit },
        'connections dropped: too few file descriptors; raise the limit (ulimit -n)',
      );
      [loggedAt, dropped] = [now, 0];
    });
  },
  { name: 'descriptors', dependencies: ['metrics'] },
);

/** @returns Infinity where the system has no limit, or does not tell */
function descriptorLimit(): number {
  // Without it, the report looks up the names of the open connections. The types do not know it yet.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } };
  };
  const limit = Number(report.userLimits?.open_files?.soft);
  return Number.isNaN(limit) ? Infinity : limit;
}

/** @returns 0 where the system does not tell */
function countOpen(): number {
  try {
    return readdirSync('/dev/fd').length;
  } catch {
    return 0;
  }
}
