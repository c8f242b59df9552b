import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { after, before, suite, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { answerOf, type Asked } from './support/answer.ts';
import { Browser, newPerson } from './support/browser.ts';
import { openLoggedShop, type LoggedShop } from './support/logged-shop.ts';
import { prepareProxy, type FrontProxy, type ProxyName } from './support/proxies/front-proxy.ts';
import { openStream } from './support/stream.ts';

/** The limit of log-ins a minute for each address. */
const LIMIT = 3;

const ways: [name: ProxyName, scheme: 'http' | 'https'][] = [
  ['haproxy', 'http'],
  ['haproxy', 'https'],
  ['nginx', 'http'],
  ['nginx', 'https'],
];
for (const [name, scheme] of ways) {
  suite(`the shop behind ${name}, over ${scheme}`, () => {
    let proxy: FrontProxy;
    let shop: LoggedShop;
    let origin: string;

    before(async () => {
      proxy = await prepareProxy(name);
      origin = `${scheme}://localhost:${proxy.ports[scheme]}`;
      shop = await openLoggedShop({
        NODE_ENV: 'production',
        PUBLIC_URL: origin,
        TRUST_PROXY: '127.0.0.1',
        LIMIT_PER_ADDRESS: `${LIMIT}`,
      });
      await proxy.start(shop.port);
    });
    after(async () => {
      await proxy[Symbol.asyncDispose]();
      await shop[Symbol.asyncDispose]();
    });

    /** The shop as the visitor at this address reaches it. */
    function from(localAddress: string): { app: { inject: FastifyInstance['inject'] } } {
      const options = { host: 'localhost', port: proxy.ports[scheme], family: 4, localAddress };
      const agent =
        scheme === 'https' ? new HttpsAgent({ ca: proxy.certificate }) : new HttpAgent();
      const inject = ({ method, url, payload, headers }: Asked) => {
        const ask = scheme === 'https' ? httpsRequest : httpRequest;
        return answerOf(ask({ ...options, agent, method, path: url, headers }), payload);
      };
      return { app: { inject: inject as never } };
    }

    test('has pages and forms', async () => {
      const browser = new Browser(from('127.0.0.2'));
      assert.equal((await browser.get('/shop')).status, 200);
      assert.equal((await browser.signUp(newPerson())).status, 303);
      assert.equal((await browser.add('weekender', 2)).status, 303);
      assert.deepEqual(await browser.lines(), { weekender: 2 });
      const { document } = await browser.get('/devices');
      assert.match(document.querySelector('main')!.text, /127\.0\.0\.\*/);
      assert.equal((await browser.signOut()).status, 303);
    });

    test('takes forms of a browser that only says where they come from', async () => {
      const line = () => ({ product: 'weekender', quantity: '1', change: crypto.randomUUID() });
      for (const said of [{ origin }, { referer: `${origin}/shop` }]) {
        const headers = { 'sec-fetch-site': undefined, ...said };
        const browser = new Browser(from('127.0.0.3'));
        assert.equal((await browser.post('/cart/lines', line(), headers)).status, 303);
      }
    });

    test('tells the other device of a change at once', async () => {
      const [laptop, phone] = [new Browser(from('127.0.0.4')), new Browser(from('127.0.0.4'))];
      const ada = newPerson();
      await laptop.signUp(ada);
      await phone.signIn(ada);
      const tls = { ca: proxy.certificate };
      await using stream = await openStream(origin, laptop, {}, '/events', tls);
      assert.equal(stream.status, 200);
      assert.equal((await stream.next())?.id, '0');
      await phone.add('weekender');
      assert.equal((await stream.next())?.id, '1');
    });

    test('limits log-ins by the address of the visitor, whatever the visitor says it is', async () => {
      const nobody = { email: 'nobody@example.com', password: 'a wrong password' };
      const statuses: number[] = [];
      for (let at = 0; at <= LIMIT; at += 1) {
        const forged = { 'x-forwarded-for': `203.0.113.${at}`, forwarded: `for=203.0.113.${at}` };
        const visitor = new Browser(from('127.0.0.5'), forged);
        statuses.push((await visitor.signIn({ ...nobody, email: `${at}@example.com` })).status);
      }
      assert.deepEqual(statuses, [...Array.from({ length: LIMIT }, () => 422), 429]);
      assert.equal((await new Browser(from('127.0.0.6')).signIn(nobody)).status, 422);
      const { ip } = shop.lines.findLast(({ event }) => event === 'excess_rate_limit_exceeded')!;
      assert.equal(ip, '127.0.0.5');
    });

    test('answers an empty body in chunks, and a page under its whole address', async () => {
      const chunked = await from('127.0.0.7').app.inject({
        method: 'GET',
        url: '/shop',
        headers: { 'transfer-encoding': 'chunked' },
      });
      assert.equal(chunked.statusCode, 200);
      const whole = await from('127.0.0.7').app.inject({ method: 'GET', url: `${origin}/shop` });
      assert.equal(whole.statusCode, 200);
    });

    test('is ready, and shows its metrics to nobody outside', async () => {
      const browser = new Browser(from('127.0.0.8'));
      assert.equal((await browser.get('/livez')).status, 200);
      assert.equal((await browser.get('/readyz')).status, 200);
      assert.equal((await browser.get('/metrics')).status, 404);
    });

    if (name === 'haproxy') {
      test('stays in the list of servers: the check of HAProxy has no Host header', async () => {
        // Three checks that fail take a server out of the list.
        for (let checks = 0; checks < 4;) {
          const [{ url }] = (await once(shop.app.server, 'request')) as [IncomingMessage];
          checks += Number(url === '/readyz');
        }
        assert.equal((await new Browser(from('127.0.0.9')).get('/shop')).status, 200);
      });
    }

    if (scheme === 'https') {
      test('is reached by HTTP/2', async () => {
        const client = connectHttp2(origin, { ca: proxy.certificate });
        const stream = client.request({ ':path': '/shop' });
        const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
        client.destroy();
        assert.equal(headers[':status'], 200);
        assert.match(String(headers['strict-transport-security']), /^max-age=63072000/);
      });
    }

    test('has logged no fault and no warning about the proxy', () => {
      const words = shop.lines.filter(({ level, event }) => level >= 40 && !event);
      assert.deepEqual(words, []);
    });
  });
}
