import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { securityHeaders } from '../../src/http/security-headers.ts';
import { openLoggedShop, type LoggedShop } from '../support/logged-shop.ts';
import { productionSettings } from '../support/production.ts';
import { sendRaw, statusOf } from '../support/raw-request.ts';

/** Requests that are refused on every route, or on those that are not for probes. */
const refusals: [name: string, request: (start: string) => string][] = [
  ['HTTP/1.0 without a Host', (start) => `${start} HTTP/1.0\r\n\r\n`],
  ['HTTP/1.1 without a Host', (start) => whole(start, { host: undefined })],
  ['two Hosts', (start) => whole(start, { Host: 'evil.example' })],
  ['another Host', (start) => whole(start, { host: 'evil.example' })],
  ['an empty Host', (start) => whole(start, { host: '' })],
  [
    'another Host with ours as X-Forwarded-Host',
    (start) => whole(start, { host: 'evil.example', 'x-forwarded-host': 'shop.example' }),
  ],
  [
    'a form without a body',
    (start) => whole(start, { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  [
    'an empty form',
    (start) =>
      whole(start, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' }),
  ],
  ['a body', (start) => whole(start, { 'content-length': '5' }, 'hello')],
  [
    'a body in chunks',
    (start) => whole(start, { 'transfer-encoding': 'chunked' }, '5\r\nhello\r\n0\r\n\r\n'),
  ],
  [
    'another transfer encoding',
    (start) => whole(start, { 'transfer-encoding': 'gzip, chunked' }, '0\r\n\r\n'),
  ],
  ['Content-Encoding', (start) => whole(start, { 'content-encoding': 'x' })],
  ['an expectation', (start) => whole(start, { expect: 'x' })],
  [
    'a wrong type',
    (start) => whole(start, { 'content-type': 'text/plain', 'content-length': '2' }, '{}'),
  ],
  [
    'a type that is none',
    (start) => whole(start, { 'content-type': ';', 'content-length': '2' }, '{}'),
  ],
  [
    'broken JSON',
    (start) => whole(start, { 'content-type': 'application/json', 'content-length': '1' }, '{'),
  ],
  [
    'a body that is too large',
    (start) =>
      // Of a smaller one the rest would be awaited, see http/errors.ts.
      whole(start, { 'content-type': 'application/json', 'content-length': '20000000' }),
  ],
  [
    'an image on another site',
    (start) =>
      whole(start, {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'no-cors',
        'sec-fetch-dest': 'image',
      }),
  ],
  [
    'a form on another site',
    (start) =>
      whole(start, {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      }),
  ],
  [
    '101 headers',
    (start) =>
      whole(start, Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`x-${at}`, 'a']))),
  ],
  ['101 cookies', (start) => whole(start, { cookie: 'a=b; '.repeat(101) })],
  ['an upgrade', (start) => whole(start, { connection: 'upgrade, close', upgrade: 'h2c' })],
  ['over http', (start) => whole(start, { 'x-forwarded-proto': 'http' })],
  [
    'through a proxy that says nothing of the client',
    (start) => whole(start, { 'x-forwarded-for': 'unknown, _hidden' }),
  ],
  ['an address that cannot be decoded', (start) => whole(`${start}%c0%ae`)],
  ['an address of two slashes', (start) => whole(start.replace(' /', ' //evil.example/'))],
  ['an address of another site', (start) => whole(start.replace(' /', ' http://evil.example/'))],
  ['an address that is too long', (start) => whole(`${start}?q=${'a'.repeat(9000)}`)],
  ['nothing wrong', (start) => whole(start)],
];

function whole(start: string, headers: Record<string, string | undefined> = {}, body = ''): string {
  const all = {
    host: 'shop.example',
    'x-forwarded-proto': 'https',
    'sec-fetch-site': 'same-origin',
    connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  return `${start} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];
/** Not in the list of routes: nothing, a file, and what leads out of a folder. */
const MORE_PATHS = ['/no-such-page', '/robots.txt', '/assets/none.js'];

suite('whatever is wrong with a request', () => {
  let shop: LoggedShop;
  before(async () => {
    shop = await openLoggedShop(productionSettings);
  });
  after(() => shop[Symbol.asyncDispose]());

  for (const [name, request] of refusals) {
    test(`${name}: on no route it is a fault of ours, and our headers are there`, async () => {
      const listed = shop.app.routeList.filter(({ config }) => !config.staticFile);
      const paths = new Set([...listed.map(({ path }) => path), ...MORE_PATHS]);
      assert.ok(paths.size > 30);
      for (const path of paths) {
        const address = path.replaceAll(/:\w+/g, 'weekender');
        for (const method of METHODS) {
          const answer = await sendRaw(shop.port, request(`${method} ${address}`));
          const where = `${method} ${path}\n${answer.slice(0, 300)}`;
          assert.ok(statusOf(answer) < 500, where);
          for (const header of Object.keys(securityHeaders({ secure: true }))) {
            assert.match(answer, new RegExp(`\r\n${header}: \\S`, 'i'), `${header} of ${where}`);
          }
        }
      }
      assert.deepEqual(
        shop.lines.filter(({ level, err }) => level >= 50 || (err && level >= 40)),
        [],
      );
    });
  }

  const harmless = refusals.filter(([name]) =>
    [
      'HTTP/1.0 without a Host',
      'another Host',
      'another Host with ours as X-Forwarded-Host',
      'over http',
      'through a proxy that says nothing of the client',
      'an upgrade',
      'nothing wrong',
    ].includes(name),
  );
  for (const [name, request] of harmless) {
    test(`${name}: a probe is answered 200`, async () => {
      for (const start of ['GET /livez', 'GET /readyz', 'HEAD /readyz', 'GET /readyz?a=b']) {
        assert.equal(statusOf(await sendRaw(shop.port, request(start))), 200, start);
      }
    });
  }

  test('an empty body in chunks: a probe and a page are answered 200', async () => {
    for (const start of ['GET /livez', 'GET /readyz', 'HEAD /readyz', 'GET /shop', 'HEAD /cart']) {
      const request = whole(start, { 'transfer-encoding': 'chunked' }, '0\r\n\r\n');
      assert.equal(statusOf(await sendRaw(shop.port, request)), 200, start);
    }
  });

  const kept: [name: string, status: number][] = [
    ['two Hosts', 400],
    ['HTTP/1.1 without a Host', 400],
    ['a body', 400],
    ['a body in chunks', 400],
    ['Content-Encoding', 415],
    ['an expectation', 417],
    ['an image on another site', 403],
    ['101 headers', 431],
    ['an address that is too long', 414],
  ];
  for (const [name, status] of kept) {
    test(`${name}: a probe is refused with ${status}, as a page is`, async () => {
      const [, request] = refusals.find(([each]) => each === name)!;
      for (const path of ['/livez', '/readyz', '/metrics', '/shop']) {
        assert.equal(statusOf(await sendRaw(shop.port, request(`GET ${path}`))), status, path);
      }
    });
  }
});
