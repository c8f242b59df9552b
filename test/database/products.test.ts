import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDatabase } from '../../src/database/open.ts';
import { createProducts } from '../../src/database/products.ts';
import { temporaryFolder } from '../support/folder.ts';

const bag = (slug: string, price = 100) => ({
  slug,
  name: slug,
  category: 'totes',
  price,
  summary: 'A bag',
  description: 'A bag',
  details: ['one', 'two'],
  added: '2026-01-01',
});

const all = { q: '', category: '', sort: 'newest', limit: 100, offset: 0 } as const;

suite('products', () => {
  test('are put in once: what the owner changed stays', async () => {
    await using folder = await temporaryFolder();
    const products = createProducts(openDatabase(folder.file('shop.db')));

    await products.seed([bag('a', 100)]);
    await products.seed([bag('a', 200), bag('b', 300)]);
    assert.equal(products.find('a')?.price, 100);
    assert.equal(products.search(all).total, 2);
  });

  test('show within a second what another process changed', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    await using folder = await temporaryFolder();
    const database = openDatabase(folder.file('shop.db'));
    const products = createProducts(database);
    await products.seed([bag('a', 100)]);
    const seen = () => [products.find('a')?.price, products.search(all).found[0]?.price];
    assert.deepEqual(seen(), [100, 100]);

    const other = openDatabase(folder.file('shop.db'));
    other.$client.exec(`UPDATE products SET price = 200`);
    t.mock.timers.tick(1000);
    assert.deepEqual(seen(), [200, 200]);
    other.$client.exec(`DELETE FROM products`);
    t.mock.timers.tick(1000);
    assert.deepEqual(seen(), [undefined, undefined]);
  });

  test('keep their details as a list', async () => {
    await using folder = await temporaryFolder();
    const products = createProducts(openDatabase(folder.file('shop.db')));

    await products.seed([bag('a')]);
    assert.deepEqual(products.find('a')?.details, ['one', 'two']);
  });

  test('are counted all, however few are shown', async () => {
    await using folder = await temporaryFolder();
    const products = createProducts(openDatabase(folder.file('shop.db')));
    await products.seed(['a', 'b', 'c'].map((slug) => bag(slug)));

    const { found, total } = products.search({ ...all, limit: 1, offset: 1 });
    assert.deepEqual([found.map(({ slug }) => slug), total], [['b'], 3]);
  });

  for (const q of ['50%', 'a_b', 'back\\slash', "it's"]) {
    test(`are found by ${q} as it is written`, async () => {
      await using folder = await temporaryFolder();
      const products = createProducts(openDatabase(folder.file('shop.db')));
      await products.seed([
        { ...bag('this'), name: `A ${q} bag` },
        { ...bag('that'), name: 'A 50x axb backXslash its bag' },
      ]);

      const { found } = products.search({ ...all, q });
      assert.deepEqual(
        found.map(({ slug }) => slug),
        ['this'],
      );
    });
  }
});
