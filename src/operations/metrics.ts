import { BlockList, isIPv6 } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from '@platformatic/prom-client';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { RoundTrip } from '../store/contract/store.ts';

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics;
  }
}

export interface Metrics {
  /** Records a round trip to the store. */
  roundTrip(trip: RoundTrip): void;
  /** Adds a gauge. `read` is called whenever the metrics are read. */
  watch(name: string, help: string, read: () => number): void;
}

/** In seconds. A page takes milliseconds, and no request takes longer than ten seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The headers that a proxy adds to a request. */
const PROXY_HEADERS = /^(x-forwarded-.+|x-real-ip|forwarded|via)$/;

const privateNetworks = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv4');
}
privateNetworks.addAddress('::1', 'ipv6');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/** GET /metrics, for Prometheus. It contains no personal data. Requests from outside the own network get 404. */
export default plugin(
  async (app) => {
    const registry = new Registry();
    const registers = [registry];
    const requests = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last byte of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    });
    const trips = new Histogram({
      name: 'store_round_trip_duration_seconds',
      help: 'Duration of round trips to the store',
      buckets: BUCKETS,
      registers,
    });
    const failures = new Counter({
      name: 'store_round_trip_failures_total',
      help: 'Round trips to the store that failed',
      registers,
    });

    const metrics: Metrics = {
      roundTrip({ milliseconds, answered }) {
        trips.observe(milliseconds / 1000);
        if (!answered) failures.inc();
      },
      watch(name, help, read) {
        const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) });
      },
    };
    app.decorate('metrics', metrics);

    app.addHook('onResponse', (request, reply, done) => {
      const { method } = request;
      requests.observe(
        { method, route: routeOf(request), status: reply.statusCode },
        reply.elapsedTime / 1000,
      );
      done();
    });

    const delay = monitorEventLoopDelay();
    delay.enable();
    app.addHook('onClose', async () => void delay.disable());
    watchProcess(metrics, delay);

    app.get(
      '/metrics',
      { logLevel: 'warn', config: { anyHost: true, access: 'own network' } },
      async (request, reply) => {
        if (!isFromOwnNetwork(request)) return reply.code(404).send('not found\n');
        const text = await registry.metrics();
        delay.reset();
        return reply.type(registry.contentType).send(text);
      },
    );
  },
  { name: 'metrics' },
);

/** Returns the pattern of the route, not the URL: every label value is a time series of its own. */
function routeOf({ routeOptions: { url, config } }: FastifyRequest): string {
  if (url === undefined) return 'none';
  return config.staticFile ? 'file' : url;
}

function watchProcess(metrics: Metrics, delay: ReturnType<typeof monitorEventLoopDelay>): void {
  const seconds = (nanoseconds: number) => nanoseconds / 1e9;
  metrics.watch(
    'nodejs_eventloop_lag_p99_seconds',
    'Lateness of timers, 99th percentile since the metrics were last read',
    () => (delay.count > 0 ? seconds(delay.percentile(99)) : 0),
  );
  metrics.watch(
    'nodejs_eventloop_lag_max_seconds',
    'Lateness of timers, maximum since the metrics were last read',
    () => seconds(delay.max),
  );
  metrics.watch('process_resident_memory_bytes', 'Memory of the process', () =>
    process.memoryUsage.rss(),
  );
  metrics.watch(
    'nodejs_heap_size_used_bytes',
    'Memory of the JavaScript objects',
    () => process.memoryUsage().heapUsed,
  );
  metrics.watch('process_start_time_seconds', 'Start of the process, since the epoch', () =>
    Math.round(performance.timeOrigin / 1000),
  );
}

/** A request with the headers of a proxy comes from outside, because people reach the app through the proxy. */
function isFromOwnNetwork({ socket, headers }: FastifyRequest): boolean {
  if (Object.keys(headers).some((name) => PROXY_HEADERS.test(name))) return false;
  const address = socket.remoteAddress ?? '';
  return privateNetworks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
