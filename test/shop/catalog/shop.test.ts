import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import catalogue from '../../../src/shop/catalog/products.json' with { type: 'json' };
import { Browser, type Page } from '../../support/browser.ts';
import { words } from '../../support/reading.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

/** The products on a page, in order. */
function slugs(page: Page): string[] {
  return page.document
    .querySelectorAll('.product-card .product-name a')
    .map((link) => link.getAttribute('href')!.replace('/shop/', ''));
}

/** The number of products that the page says it found. */
function total(page: Page): number {
  const [, count = ''] = /^(\d+|No) (bag|result)s?/.exec(
    page.document.querySelector('.result-count')!.text,
  )!;
  return count === 'No' ? 0 : Number(count);
}

const bySlug = (a: { slug: string }, b: { slug: string }) => (a.slug < b.slug ? -1 : 1);
const priceOf = (slug: string) => catalogue.find((product) => product.slug === slug)!.price;

suite('the shop', () => {
  const shop = shopOfSuite('sqlite');
  const get = (query = '') => new Browser(shop).get(`/shop${query}`);

  test('shows twelve bags a page, and all of them on all pages', async () => {
    const pages = await Promise.all(['', '?page=2', '?page=3'].map(get));

    assert.deepEqual(
      pages.map((page) => slugs(page).length),
      [12, 12, catalogue.length - 24],
    );
    assert.deepEqual(pages.flatMap(slugs).sort(), catalogue.map(({ slug }) => slug).sort());
  });

  test('shows the newest first', async () => {
    const newest = catalogue.toSorted((a, b) => b.added.localeCompare(a.added) || bySlug(a, b));

    assert.deepEqual(
      slugs(await get()),
      newest.slice(0, 12).map(({ slug }) => slug),
    );
  });

  test('sorts by price, up and down, and by name', async () => {
    const up = slugs(await get('?sort=price')).map(priceOf);
    const down = slugs(await get('?sort=-price')).map(priceOf);
    const names = (await get('?sort=name')).document
      .querySelectorAll('.product-name')
      .map(({ text }) => text);

    assert.deepEqual(
      up,
      up.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      down,
      down.toSorted((a, b) => b - a),
    );
    assert.deepEqual(names, names.toSorted());
  });

  test('takes the number of a page in any digits', async () => {
    const second = slugs(await get('?page=2'));

    for (const page of ['٢', '２', ' 2 ']) {
      assert.deepEqual(slugs(await get(`?page=${encodeURIComponent(page)}`)), second);
    }
  });

  test('links the page before and the page after, with the search', async () => {
    const { document } = await get('?page=2&sort=price');

    assert.equal(document.querySelector('[rel=prev]')?.getAttribute('href'), '/shop?sort=price');
    assert.equal(
      document.querySelector('[rel=next]')?.getAttribute('href'),
      '/shop?sort=price&page=3',
    );
  });

  test('shows one category', async () => {
    const page = await get('?category=totes');
    const totes = catalogue.filter(({ category }) => category === 'totes');

    assert.equal(total(page), totes.length);
    assert.deepEqual(slugs(page).sort(), totes.map(({ slug }) => slug).sort());
  });

  test('finds a bag by its name, whatever the case', async () => {
    assert.ok(slugs(await get('?q=WEEKENDER')).includes('weekender'));
  });

  test('looks within a category', async () => {
    const page = await get('?q=weekender&category=totes');

    assert.ok(!slugs(page).includes('weekender'));
  });

  test('says so where nothing is found, and what to do', async () => {
    const page = await get('?q=bicycle');

    assert.equal(page.status, 200);
    assert.equal(total(page), 0);
    assert.match(
      words(page),
      /No results for “bicycle” Try a shorter word, or browse everything\./,
    );
    assert.ok(page.document.querySelector('main a[href="/shop"]'));
  });

  test('keeps what was searched for in the box', async () => {
    const { document } = await get('?q=canvas+bag');

    assert.equal(document.querySelector('input[name=q]')?.getAttribute('value'), 'canvas bag');
  });

  test('shows what was searched for as text', async () => {
    for (const q of ['<script>alert(1)</script>', '"><img src=x>', '<%= 7*7 %>', "'--"]) {
      const page = await get(`?q=${encodeURIComponent(q)}`);

      assert.equal(page.document.querySelector('input[name=q]')?.getAttribute('value'), q);
      assert.ok(words(page).includes(`“${q}”`));
      assert.equal(page.document.querySelectorAll('main script, main img[src=x]').length, 0);
    }
  });
});

suite('an odd search', () => {
  const shop = shopOfSuite('sqlite');
  const get = (query: string) => new Browser(shop).get(`/shop${query}`);

  for (const q of ['%', '_', '%%', '\\', "'", '"', "' OR 1=1 --", "'; DROP TABLE products; --"]) {
    test(`for ${q} finds only what contains it`, async () => {
      const page = await get(`?q=${encodeURIComponent(q)}`);
      const expected = catalogue.filter(({ name, summary, category }) =>
        `${name} ${summary} ${category}`.includes(q),
      );

      assert.equal(page.status, 200);
      assert.equal(total(page), expected.length);
    });
  }

  const asIfNotSaid = [
    '?page=0',
    '?page=-1',
    '?page=1.5',
    '?page=1e308',
    '?page=99999999999999999999',
    '?page=NaN',
    '?page=two',
    '?page=1&page=2',
    '?page[]=2',
    '?sort=cheap',
    '?sort=price&sort=name',
    '?sort=constructor',
    '?sort=slug;DROP TABLE products',
    '?category=shoes',
    '?category=__proto__',
    '?category=constructor',
    '?category=totes&category=travel',
    '?q=a&q=b',
    '?q[$ne]=',
    '?settings[view options][escape]=x',
    '?body=x&layout=x&__blocks=x',
  ];
  for (const query of asIfNotSaid) {
    test(`${query} shows the shop as if that were not said`, async () => {
      const page = await get(query);

      assert.equal(page.status, 200);
      assert.deepEqual(slugs(page), slugs(await get('')));
    });
  }

  for (const query of [
    `?q=${'a'.repeat(4000)}`,
    `?q=${encodeURIComponent('\u{1F45C}'.repeat(60))}`,
    `?q=${'a'.repeat(99)}%F0%9F%91%9C`,
    '?q=%00',
    '?q=%ED%A0%80',
    '?q=%FF',
    '?q=%',
    '?page=1000',
    `?${'a=1&'.repeat(2000)}`,
  ]) {
    test(`${query.slice(0, 30)} is no error of ours`, async () => {
      assert.equal((await get(query)).status, 200);
    });
  }
});
