import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';

interface Options {
  config: Config;
}

/** In seconds. */
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

/** The features of browsers that are switched off for our pages, because they need none. */
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

/** Sets the security headers on every answer: pages, files and errors. */
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

/** Returns the headers, which are the same for every answer. */
export function securityHeaders({ secure }: Pick<Config, 'secure'>): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': features.map((feature) => `${feature}=()`).join(', '),
    // Not no-referrer: with it browsers send our own forms with `Origin: null`, and same-origin.ts would refuse them.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Answers may contain personal data. Those that may be cached replace this header.
    'cache-control': 'no-store',
    // Without preload: only the owner of a domain can decide to be on that list, and leaving it takes months.
    ...(secure && {
      'strict-transport-security': `max-age=${TWO_YEARS}; includeSubDomains`,
    }),
  };
}
