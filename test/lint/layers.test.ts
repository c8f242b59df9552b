import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { lintInCopy } from './lint-copy.ts';

/** What a file in a new folder of src/ must not import. */
const outside: [what: string, source: string][] = [
  ['another page folder', `import { showCart } from '../shop/cart/cart-page.ts';\nshowCart;\n`],
  ['the inside of the store', `import { openStore } from '../store/open.ts';\nopenStore;\n`],
  ['the operations', `import store from '../operations/store.ts';\nstore;\n`],
  ['the app', `import { createApp } from '../app.ts';\ncreateApp;\n`],
  ['another page folder, by import()', `await import('../shop/money.ts');\n`],
  ['another page folder, to export it', `export { formatMoney } from '../shop/money.ts';\n`],
];
const inner = ['lib', 'settings', 'store', 'database'];

const ALLOWED = 'src/news/allowed.ts';
const CYCLE = 'src/lib/problem.ts';
const STORE = 'src/store/new-file.ts';

let said: Map<string, string>;
before(async () => {
  said = await lintInCopy({
    [ALLOWED]: `import { Problem } from '../lib/problem.ts';\nthrow new Problem('not-found');\n`,
    ...Object.fromEntries(outside.map(([, source], at) => [`src/news/page-${at}.ts`, source])),
    ...Object.fromEntries(
      inner.map((folder) => [
        `src/${folder}/http.ts`,
        `import Fastify from 'fastify';\nFastify();\n`,
      ]),
    ),
    [STORE]: `import { createUsers } from '../database/users.ts';\ncreateUsers;\n`,
    [CYCLE]: `import { invalid } from './forms/field-errors.ts';\nexport const again = invalid;\n`,
  });
});

suite('a new folder under src/', () => {
  test('may import what every page may import', () => {
    assert.equal(said.get(ALLOWED), '');
  });

  for (const [at, [what]] of outside.entries()) {
    test(`must not import ${what}`, () => {
      assert.match(said.get(`src/news/page-${at}.ts`)!, /src\/news must not import/);
    });
  }
});

suite('the inner folders', () => {
  for (const folder of inner) {
    test(`src/${folder} knows no HTTP`, () => {
      assert.match(said.get(`src/${folder}/http.ts`)!, /knows no HTTP/);
    });
  }

  test('the store does not know the database', () => {
    assert.match(said.get(STORE)!, /src\/store must not import/);
  });
});

test('two files that import each other are refused', () => {
  assert.match(said.get(CYCLE)!, /no-cycle/);
});
