import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import catalogue from '../../../src/shop/catalog/products.json' with { type: 'json' };
import { Browser } from '../../support/browser.ts';
import { words } from '../../support/reading.ts';
import { openShop } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

suite('a product page', () => {
  const shop = shopOfSuite('sqlite');

  test('tells what it is, what it costs, and of what it is made', async () => {
    const page = await new Browser(shop).get('/shop/weekender');

    assert.equal(page.document.querySelector('h1')?.text, 'The Weekender');
    assert.equal(page.document.querySelector('.price')?.text, '€289.50');
    assert.match(words(page), /Waxed cotton canvas and leather/);
    assert.match(page.document.querySelector('title')!.text, /The Weekender/);
  });

  test('describes its picture, and says what each fact is', async () => {
    const { document } = await new Browser(shop).get('/shop/weekender');

    const picture = document.querySelector('.product img')?.getAttribute('alt');
    assert.match(picture!, /^A wide blue canvas bag with a leather base, .+\.$/);
    const texts = (tag: string) => document.querySelectorAll(`dl ${tag}`).map(({ text }) => text);
    assert.deepEqual(texts('dt'), ['Size', 'Weight', 'Material', 'Volume']);
    assert.deepEqual(texts('dd'), [
      '52 × 30 × 24 cm',
      '1.6 kg',
      'Waxed cotton canvas and leather',
      '36 litres',
    ]);
  });

  test('of every product opens, and shows its drawing', async () => {
    for (const { slug, name } of catalogue) {
      const page = await new Browser(shop).get(`/shop/${slug}`);
      const art = page.document.querySelector('.product img')?.getAttribute('src');
      const drawing = await shop.app.inject(art!);

      assert.equal(page.document.querySelector('h1')?.text, name);
      assert.equal(drawing.statusCode, 200, `${art} is missing`);
      assert.match(String(drawing.headers['content-type']), /^image\/svg\+xml/);
    }
  });

  for (const slug of ['no-such-bag', 'WEEKENDER', '%27', '__proto__', '..%2Flogin', '%00']) {
    test(`of ${slug} does not exist: 404, with a search box`, async () => {
      const page = await new Browser(shop).get(`/shop/${slug}`);

      assert.equal(page.status, 404);
      assert.ok(page.document.querySelector('main form[action="/shop"] input[name="q"]'));
    });
  }
});

test('what the owner writes about a product is shown as text', async () => {
  await using shop = await openShop('sqlite');
  await shop.app.products.seed([
    {
      slug: 'odd',
      name: '<b>Odd</b> <%= 7*7 %>',
      category: 'totes',
      price: 100,
      summary: '"><script>alert(1)</script>',
      description: '&lt; & <i>',
      details: ['<u>1</u>'],
      added: '2026-01-01',
    },
  ]);

  const { document } = await new Browser(shop).get('/shop/odd');
  assert.equal(document.querySelector('h1')?.text, '<b>Odd</b> <%= 7*7 %>');
  assert.equal(document.querySelectorAll('main b, main script, main i, main u').length, 0);
});
