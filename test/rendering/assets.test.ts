import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Browser } from '../support/browser.ts';
import { setCookies } from '../support/reading.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function unpack(bytes: Buffer, encoding: string | undefined): string {
  if (encoding === 'br') return brotliDecompressSync(bytes).toString();
  if (encoding === 'gzip') return gunzipSync(bytes).toString();
  return bytes.toString();
}

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
    ['/favicon.ico', /^image\/(x-icon|vnd\.microsoft\.icon)/],
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

  const packed: [accepts: string, encoding: string | undefined][] = [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', undefined],
  ];
  for (const [accepts, encoding] of packed) {
    test(`come as ${encoding ?? 'they are'} to who accepts ${accepts}`, async () => {
      const { document } = await new Browser(shop).get('/shop');
      const style = document.querySelector('link[rel=stylesheet]')!.getAttribute('href')!;
      const script = document.querySelector('script[src]')!.getAttribute('src')!;

      for (const url of [style, script, '/favicon.svg', '/art/weekender.svg']) {
        const headers = { 'accept-encoding': accepts };
        const answer = await shop.app.inject({ url, headers });
        assert.equal(answer.headers['content-encoding'], encoding, url);
        assert.equal(answer.headers.vary, 'accept-encoding', url);
        assert.equal(
          unpack(answer.rawPayload, encoding),
          (await new Browser(shop).get(url)).body,
          url,
        );
      }
    });
  }

  test('are not packed where that would gain nothing, and packed ones have no address of their own', async () => {
    const picture = await new Browser(shop).get('/icon-192.png', { 'accept-encoding': 'br' });
    assert.equal(picture.headers['content-encoding'], undefined);
    assert.equal((await new Browser(shop).get('/favicon.svg.br')).status, 404);
  });

  test('pages, which hold tokens, are not packed', async () => {
    const page = await new Browser(shop).get('/shop', { 'accept-encoding': 'gzip, br' });
    assert.equal(page.headers['content-encoding'], undefined);
  });

  test('of a first view are at most 15 KB of scripts and 15 KB of styles', async () => {
    const { document } = await new Browser(shop).get('/shop');
    const weigh = async (selector: string, attribute: string) => {
      const urls = document.querySelectorAll(selector).map((each) => each.getAttribute(attribute)!);
      const headers = { 'accept-encoding': 'br' };
      const answers = await Promise.all(urls.map((url) => shop.app.inject({ url, headers })));
      return answers.reduce((sum, { rawPayload }) => sum + rawPayload.length, 0);
    };

    assert.ok((await weigh('script[src]', 'src')) <= 15_000);
    assert.ok((await weigh('link[rel=stylesheet]', 'href')) <= 15_000);
  });

  test('have nothing to do with sessions', async () => {
    const browser = new Browser(shop);
    browser.cookies.set('satchel-3000', 'invented.signature');

    assert.deepEqual(setCookies(await browser.get('/favicon.svg')), []);
  });

  test('are scripts, styles, pictures and two texts: there is no file of another kind', () => {
    const kinds = /\.(css|js|svg|png|ico|txt|webmanifest)(\.(br|gz))?$/;
    const files = globSync('dist/{public,assets}/**/*.*', { cwd: ROOT });
    assert.ok(files.length > 20);
    assert.deepEqual(
      files.filter((file) => !kinds.test(file)),
      [],
    );
  });

  test('come without their sources', async () => {
    const { document } = await new Browser(shop).get('/shop');
    const script = document.querySelector('script[src]')!.getAttribute('src')!;

    assert.equal((await new Browser(shop).get(`${script}.map`)).status, 404);
    assert.doesNotMatch((await new Browser(shop).get(script)).body, /sourceMappingURL/);
  });
});
