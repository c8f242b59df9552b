import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';

interface Options {
  config: Config;
}

const TWO_YEARS = 63_072_000;

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** What a page may ask a browser for. The shop needs none of it. */
const features = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

/** Response headers that make the browser an ally. On every answer: pages, files, errors. */
export default plugin<Options>(
  async (app, { config }) => {
    const headers = securityHeaders(config);

    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers);
      done();
    });
  },
  { name: 'security-headers' },
);

/** The same for every answer, so put together once. */
export function securityHeaders({ secure }: Pick<Config, 'secure'>): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': features.map((feature) => `${feature}=()`).join(', '),
    // Not no-referrer: with that, browsers send our own forms with `Origin: null`, and a lock reads the Origin.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Whoever may be kept says so; all else is somebody's own.
    'cache-control': 'no-store',
    // No preload: that list is for the owner of the domain to join, and leaving it takes months.
    ...(secure && {
      'strict-transport-security': `max-age=${TWO_YEARS}; includeSubDomains`,
    }),
  };
}
