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
  /** Notes a round trip to the state store. */
  roundTrip(trip: RoundTrip): void;
  /** Asks for a number whenever somebody reads the metrics. */
  watch(name: string, help: string, read: () => number): void;
}

/** Seconds. Pages take milliseconds; what takes longer than ten seconds was cut off. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Headers by which proxies say that they passed a request on. */
const PROXY = /^(x-forwarded-.+|x-real-ip|forwarded|via)$/;

const inside = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  inside.addSubnet(network, bits, 'ipv4');
}
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');

/** GET /metrics, for Prometheus: nothing in it names a person, and strangers find nothing there. */
export default plugin(
  async (app) => {
    const registry = new Registry();
    const registers = [registry];
    const requests = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    });
    const trips = new Histogram({
      name: 'state_trip_duration_seconds',
      help: 'Round trips to the state store',
      buckets: BUCKETS,
      registers,
    });
    const failures = new Counter({
      name: 'state_trip_failures_total',
      help: 'Round trips that the state store did not answer',
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
        if (!isInside(request)) return reply.code(404).send('not found\n');
        const text = await registry.metrics();
        delay.reset();
        return reply.type(registry.contentType).send(text);
      },
    );
  },
  { name: 'metrics' },
);

/** Returns the pattern of the route, because there are too many addresses. */
function routeOf({ routeOptions: { url, config } }: FastifyRequest): string {
  if (url === undefined) return 'none';
  return config.staticFile ? 'file' : url;
}

function watchProcess(metrics: Metrics, delay: ReturnType<typeof monitorEventLoopDelay>): void {
  const seconds = (nanoseconds: number) => nanoseconds / 1e9;
  metrics.watch(
    'nodejs_eventloop_lag_p99_seconds',
    'How late timers were, since the last look',
    () => (delay.count > 0 ? seconds(delay.percentile(99)) : 0),
  );
  metrics.watch('nodejs_eventloop_lag_max_seconds', 'The latest, since the last look', () =>
    seconds(delay.max),
  );
  metrics.watch('process_resident_memory_bytes', 'Memory that the process holds', () =>
    process.memoryUsage.rss(),
  );
  metrics.watch(
    'nodejs_heap_size_used_bytes',
    'Memory that JavaScript uses',
    () => process.memoryUsage().heapUsed,
  );
  metrics.watch('process_start_time_seconds', 'When the process started, since the epoch', () =>
    Math.round(performance.timeOrigin / 1000),
  );
}

/** Somebody in our own network who came straight to us: what comes through the proxy comes from outside. */
function isInside({ socket, headers }: FastifyRequest): boolean {
  if (Object.keys(headers).some((name) => PROXY.test(name))) return false;
  const address = socket.remoteAddress ?? '';
  return inside.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
