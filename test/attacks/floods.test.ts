import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { listedRoutes } from '../support/routes.ts';
import { startedShop } from './started-shop.ts';

suite('a flood', () => {
  const shop = startedShop();
  const head = (start: string) =>
    `${start} HTTP/1.1\r\nhost: ${shop.host}\r\nx-forwarded-proto: https\r\nconnection: close\r\n`;
  const form = (body: string) =>
    `${head('POST /login')}content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  const kinds: [name: string, request: () => string, status: number, times?: number][] = [
    ['of bodies of 1 MiB and one', () => form('a'.repeat(1024 * 1024 + 1)), 413, 8],
    ['of headers of 17 kB', () => `${head('GET /shop')}x: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
    ['of 1500 headers each', () => `${head('GET /shop')}${'a: b\r\n'.repeat(1500)}\r\n`, 431],
    ['of addresses of 9 kB', () => `${head(`GET /shop?q=${'a'.repeat(9000)}`)}\r\n`, 414],
    [
      'of 1000 cookies each',
      () => `${head('GET /shop')}cookie: ${'a=b; '.repeat(1000)}\r\n\r\n`,
      431,
    ],
    ['of 10,000 fields each', () => form('a=b&'.repeat(10_000)), 413],
  ];
  for (const [name, request, status, times = 32] of kinds) {
    test(`${name} is refused with ${status}, and leaves no more than 20 MB behind`, async (t) => {
      const flood = async () => {
        for (let sent = 0; sent < times; sent += 4) {
          const all = Array.from({ length: 4 }, () => shop.send(request(), /\r\n\r\n/));
          for (const { statuses } of await Promise.all(all)) assert.deepEqual(statuses, [status]);
        }
      };
      // What the first ones leave is room for the next.
      await flood();
      const before = shop.memory();
      await flood();
      const grown = shop.memory() - before;
      t.diagnostic(`${times} times ${status}, memory ${grown.toFixed(1)} MB more`);
      assert.ok(grown < 20);
    });
  }

  /** What makes a careless pattern try every way to cut a text in two. As JSON each fits into a body. */
  const long = 60_000;
  const texts: Record<string, string> = {
    blanks: `${' '.repeat(long)}x`,
    letters: 'a'.repeat(long),
    digits: `${'0'.repeat(long)}a`,
    dots: `a@${'.'.repeat(long)}@`,
    'a long host': `https://${'.'.repeat(long)} x`,
    'a long path': `https://a.b/${'./'.repeat(long / 2)} x`,
    dashes: `${'-'.repeat(long)}!`,
    quotes: '\\"'.repeat(long / 4),
  };
  const forms = listedRoutes.filter(({ config }) => config.form);
  for (const [name, text] of Object.entries(texts)) {
    test(`of ${name} in each field is turned away at once`, async (t) => {
      const user = new Browser(shop);
      await user.signUp(newPerson());
      const { _csrf } = formValues(await user.get('/'), '/logout');
      let longest = 0;
      let tried = 0;
      for (const { path, config } of forms) {
        const url = path.replace(':slug', 'field-satchel');
        for (const field of Object.keys(config.form!.fields)) {
          const start = performance.now();
          const page =
            config.access === 'guests'
              ? await new Browser(shop).postJson(url, { [field]: text })
              : await user.postJson(url, { [field]: text, _csrf });
          longest = Math.max(longest, performance.now() - start);
          // The rules of the fields have looked at it: it was not refused before for another reason.
          assert.equal(page.status, 422, `${url} ${field}`);
          tried += 1;
        }
      }
      t.diagnostic(`${tried} fields; the slowest answer took ${longest.toFixed(0)} ms`);
      // A pattern that goes wrong holds up everybody for ten times as long.
      assert.ok(longest < 1000, `${longest.toFixed(0)} ms`);
    });
  }
});
