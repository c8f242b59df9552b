import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Browser } from '../support/browser.ts';
import { exchange, startedShop } from './started-shop.ts';

suite('on the wire', () => {
  const shop = startedShop();
  const form = 'content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n';
  const head = (start: string) =>
    `${start} HTTP/1.1\r\nhost: ${shop.host}\r\nx-forwarded-proto: https\r\n`;
  const smuggled = () => `${head('GET /robots.txt')}\r\n`;

  const ambiguous: [name: string, request: () => string][] = [
    [
      'a length and chunks',
      () =>
        `${head('POST /login')}${form}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', () => `${head('POST /login')}content-length: 0\r\ncontent-length: 44\r\n\r\n`],
    [
      'a length with a blank before the colon',
      () => `${head('POST /login')}content-length : 0\r\n\r\n`,
    ],
    [
      'a header line that begins with a blank',
      () => `GET / HTTP/1.1\r\n host: ${shop.host}\r\n\r\n`,
    ],
    ['a folded header line', () => `${head('GET /')}x-folded: a\r\n b\r\n\r\n`],
    [
      'an encoding that is nearly chunked',
      () => `${head('POST /login')}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'chunked twice over',
      () => `${head('POST /login')}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    ],
    ['lines that end with a bare LF', () => `GET / HTTP/1.1\nhost: ${shop.host}\n\n`],
    ['an end of the head that is none', () => `${head('GET /')}\rX: y\r\n\r\n`],
    [
      'a chunk with 100 kB of extensions',
      () =>
        `${head('POST /login')}${form}transfer-encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\na\r\n0\r\n\r\n`,
    ],
    ['a negative length', () => `${head('POST /login')}content-length: -1\r\n\r\n`],
    ['a NUL in a header', () => `${head('GET /')}x-nul: a\0b\r\n\r\n`],
  ];
  for (const [name, request] of ambiguous) {
    test(`${name}: refused, and what comes after is never answered`, async () => {
      const answer = await shop.send(request() + smuggled());
      assert.ok(answer.closed);
      assert.equal(answer.statuses.length, 1, answer.text);
      assert.match(String(answer.statuses[0]), /^(400|413)$/);
    });
  }

  const unambiguous: [name: string, request: () => string, status: number][] = [
    ['two Host headers', () => `${head('GET /shop')}Host: evil.example\r\n\r\n`, 400],
    ['no Host header', () => 'GET /shop HTTP/1.1\r\n\r\n', 400],
    ['another Host', () => 'GET /shop HTTP/1.1\r\nhost: evil.example\r\n\r\n', 421],
    ['a whole URL, as for a proxy', () => `${head('GET http://evil.example/shop')}\r\n`, 400],
    ['a GET with a body', () => `${head('GET /shop')}content-length: 5\r\n\r\nhello`, 400],
    [
      'a GET with a body in chunks',
      () => `${head('GET /shop')}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
      400,
    ],
    [
      'a GET with one byte of a body in chunks that does not end',
      () => `${head('GET /shop')}transfer-encoding: chunked\r\n\r\n5\r\nh`,
      400,
    ],
    ['an expectation that nobody knows', () => `${head('GET /shop')}expect: x\r\n\r\n`, 417],
    ['an address that begins with two slashes', () => `${head('GET //evil.example/')}\r\n`, 400],
    ['one that browsers read like that', () => `${head('GET /\\evil.example/')}\r\n`, 400],
    ['an address that cannot be decoded', () => `${head('GET /shop/%c0%ae')}\r\n`, 400],
    ['an address over 8 KB', () => `${head(`GET /shop?q=${'a'.repeat(9_000)}`)}\r\n`, 414],
    [
      'a name in the address over 200 characters, which nothing has',
      () => `${head(`GET /shop/${'a'.repeat(300)}`)}\r\n`,
      404,
    ],
    ['a header over 16 KB', () => `${head('GET /shop')}x: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
    ['1500 small headers', () => `${head('GET /shop')}${'a: b\r\n'.repeat(1500)}\r\n`, 431],
    ['1000 cookies', () => `${head('GET /shop')}cookie: ${'a=b; '.repeat(1000)}c=d\r\n\r\n`, 431],
    [
      'a body of 64 KB and one',
      () => `${head('POST /login')}${form}content-length: 65537\r\n\r\n`,
      413,
    ],
    ['101 fields', () => formOf('a=b&'.repeat(100)), 413],
    ['TRACE', () => `${head('TRACE /')}\r\n`, 405],
    ['PROPFIND', () => `${head('PROPFIND /')}\r\n`, 405],
    ['DELETE', () => `${head('DELETE /cart/lines/field-satchel')}\r\n`, 405],
    ['OPTIONS', () => `${head('OPTIONS *')}\r\n`, 405],
    ['PUT on a file', () => `${head('PUT /robots.txt')}\r\n`, 405],
    ['a body in text', () => bodyOf('text/plain', '{"product":"field-satchel"}'), 415],
    ['a body in parts', () => bodyOf('multipart/form-data; boundary=x', '--x--'), 415],
    [
      'a body of no type',
      () => `${head('POST /cart/lines')}sec-fetch-site: same-origin\r\ncontent-length: 2\r\n\r\n{}`,
      415,
    ],
    ['a type that hides another', () => bodyOf('text/plain; application/json', '{}'), 415],
    [
      'JSON that says a thing twice',
      () => bodyOf('application/json', '{"quantity":1,"\\u0071uantity":99}'),
      400,
    ],
    ['JSON with __proto__', () => bodyOf('application/json', '{"__proto__":{"a":1}}'), 400],
    ['JSON that is none', () => bodyOf('application/json', '{"quantity":01}'), 400],
  ];
  for (const [name, request, status] of unambiguous) {
    test(`${name}: ${status}`, async () => {
      const answer = await shop.send(request(), /\r\n\r\n/);
      assert.deepEqual(answer.statuses, [status], answer.text);
      if (status === 405) assert.match(answer.text, /\r\nallow: GET, HEAD, POST\r\n/i);
      assert.match(
        answer.text,
        /\r\nstrict-transport-security: max-age=63072000; includeSubDomains\r\n/i,
      );
      assert.doesNotMatch(answer.text, /fastify|node\.js|x-powered-by/i);
    });
  }

  const harmless: [name: string, request: () => string][] = [
    [
      'a body in chunks that is empty',
      () => `${head('GET /shop')}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['our own address as a whole', () => `${head(`GET https://${shop.host}/shop`)}\r\n`],
    [
      'our own address in capitals',
      () => `${head(`GET HTTPS://${shop.host.toUpperCase()}/shop`)}\r\n`,
    ],
    ['an expectation that Node fulfils', () => `${head('GET /shop')}expect: 100-Continue\r\n\r\n`],
  ];
  for (const [name, request] of harmless) {
    test(`${name} is answered as a page, and so is the next request`, async () => {
      const answer = await shop.send(request() + smuggled(), /noai|Disallow|Sitemap/i);
      assert.deepEqual(
        answer.statuses.filter((status) => status !== 100),
        [200, 200],
        answer.text.slice(0, 500),
      );
    });
  }

  test('CONNECT is not answered', async () => {
    const answer = await shop.send(
      'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n',
    );
    assert.ok(answer.closed);
    assert.deepEqual(answer.statuses, []);
  });

  test('headers and fields that name another method change nothing', async () => {
    const browser = new Browser(shop);
    const page = await browser.get('/shop/field-satchel', {
      'x-http-method-override': 'DELETE',
      'x-http-method': 'PUT',
      'x-method-override': 'PATCH',
    });
    assert.equal(page.status, 200);
    const posted = await browser.post('/cart/lines', {
      _method: 'DELETE',
      product: 'field-satchel',
      quantity: '1',
      change: crypto.randomUUID(),
    });
    assert.equal(posted.status, 303);
    assert.deepEqual(await browser.lines(), { 'field-satchel': 1 });
  });

  for (const encoding of ['gzip', 'deflate', 'br', 'identity']) {
    test(`a body packed with ${encoding} is not unpacked: 415`, async (t) => {
      const bomb = gzipSync(Buffer.alloc(10_000_000));
      const before = shop.memory();
      const { statusCode } = await shop.app.inject({
        method: 'POST',
        url: '/cart/lines',
        payload: bomb,
        headers: {
          'content-encoding': encoding,
          'content-type': 'application/json',
          'sec-fetch-site': 'same-origin',
        },
      });
      assert.equal(statusCode, 415);
      t.diagnostic(
        `${bomb.length} bytes sent, memory ${(shop.memory() - before).toFixed(1)} MB more`,
      );
    });
  }

  test('a body without end is cut off at 64 KB', async (t) => {
    const before = shop.memory();
    const socket = shop.dial();
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
    let sent = 0;
    const flood = () => {
      while (!socket.destroyed && socket.write(chunk)) sent += 65_536;
    };
    socket.on('drain', flood);
    const ended = exchange(
      socket,
      `${head('POST /login')}${form}transfer-encoding: chunked\r\n\r\n`,
    );
    flood();
    const { statuses, milliseconds } = await ended;
    assert.ok(statuses.every((status) => status === 413));
    const grown = shop.memory() - before;
    t.diagnostic(`closed after ${milliseconds.toFixed(0)} ms, memory ${grown.toFixed(1)} MB more`);
    assert.ok(grown < 20);
  });

  test('what a proxy says about the client counts only from a trusted proxy', async (t) => {
    const stranger = connect({ port: shop.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    const agent = `stranger-${crypto.randomUUID()}`;
    const forged = `${head('POST /login')}user-agent: ${agent}\r\nx-forwarded-for: 203.0.113.9\r\nx-forwarded-proto: https\r\nx-forwarded-host: evil.example\r\norigin: https://${agent}.example\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
    const answer = await exchange(stranger as never, forged);
    assert.deepEqual(answer.statuses, [403]);
    const line = await shop.logged(new RegExp(`malicious_csrf.*${agent}`));
    assert.equal((JSON.parse(line) as { ip: string }).ip, '127.0.0.2');
    t.diagnostic(line);
  });

  test('of a hundred forwarded addresses the last that the proxy saw counts', async () => {
    const origin = `https://${crypto.randomUUID()}.example`;
    const chain = Array.from({ length: 100 }, (_, at) => `198.51.100.${at}`).join(', ');
    const page = await new Browser(shop).post(
      '/login',
      {},
      {
        'x-forwarded-for': chain,
        'x-forwarded-proto': 'https, http',
        'sec-fetch-site': 'cross-site',
        origin,
      },
    );
    assert.equal(page.status, 403);
    const line = await shop.logged(new RegExp(`malicious_csrf.*${origin}`));
    assert.equal((JSON.parse(line) as { ip: string }).ip, '198.51.100.99');
  });

  function bodyOf(type: string, body: string): string {
    return `${head('POST /cart/lines')}sec-fetch-site: same-origin\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }

  function formOf(body: string): string {
    return bodyOf('application/x-www-form-urlencoded', body);
  }
});
