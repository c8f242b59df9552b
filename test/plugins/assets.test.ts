import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { setCookies } from '../support/reading.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('assets', () => {
  const shop = shopOfSuite('sqlite');

  test('that a page links to are there, and stay the same for a year', async () => {
    const { document } = await new Browser(shop).get('/shop');
    const urls = [
      ...document.querySelectorAll('link[rel=stylesheet]').map((link) => link.getAttribute('href')),
      ...document.querySelectorAll('script[src]').map((script) => script.getAttribute('src')),
    ];

    assert.ok(urls.length >= 2);
    for (const url of urls) {
      const page = await new Browser(shop).get(url!);
      assert.equal(page.status, 200);
      assert.match(url!, /^\/assets\/[\w.-]+-[\w-]{8}\.(css|js)$/);
      assert.equal(page.headers['cache-control'], 'public, max-age=31536000, immutable');
    }
  });

  const linked = 'link[rel*=icon], link[rel=manifest], img';
  test('that a page shows are there', async () => {
    const { document } = await new Browser(shop).get('/shop');

    for (const element of document.querySelectorAll(linked)) {
      const url = element.getAttribute('href') ?? element.getAttribute('src');
      assert.equal((await new Browser(shop).get(url!)).status, 200, url);
    }
  });

  const types: [url: string, type: RegExp][] = [
    ['/favicon.svg', /^image\/svg\+xml/],
    ['/robots.txt', /^text\/plain/],
    ['/art/weekender.svg', /^image\/svg\+xml/],
  ];
  for (const [url, type] of types) {
    test(`${url} has its type`, async () => {
      assert.match(String((await new Browser(shop).get(url)).headers['content-type']), type);
    });
  }

  test('are asked for again only if they changed', async () => {
    const first = await new Browser(shop).get('/favicon.svg');
    const etag = String(first.headers.etag);

    const again = await new Browser(shop).get('/favicon.svg', { 'if-none-match': etag });
    assert.equal(again.status, 304);
  });

  test('have nothing to do with sessions', async () => {
    const browser = new Browser(shop);
    browser.cookies.set('satchel', 'invented.signature');

    assert.deepEqual(setCookies(await browser.get('/favicon.svg')), []);
  });

  test('come without their sources', async () => {
    const { document } = await new Browser(shop).get('/shop');
    const script = document.querySelector('script[src]')!.getAttribute('src')!;

    assert.equal((await new Browser(shop).get(`${script}.map`)).status, 404);
    assert.doesNotMatch((await new Browser(shop).get(script)).body, /sourceMappingURL/);
  });
});
