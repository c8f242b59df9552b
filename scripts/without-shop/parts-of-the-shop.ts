/**
 * The files and folders that only the shop needs. Everywhere else, the lines of the shop are marked:
 *
 *   import shop from './shop/plugin.ts'; // shop
 *
 *   // shop {
 *   several lines
 *   // } shop
 */
export const partsOfTheShop = [
  'src/shop',
  'src/gallery/shop',
  'src/database/products.ts',
  'src/store/contract/carts.ts',
  'src/store/carts',
  'src/store/redis/carts',
  'src/store/redis/scripts/cart-change.lua',
  'src/store/redis/scripts/cart-export.lua',
  'src/store/redis/scripts/cart-quarantine.lua',
  'src/store/redis/scripts/cart-read.lua',
  'src/store/redis/scripts/cart-remove.lua',
  'src/store/redis/scripts/cart-remove-merged.lua',
  'src/store/redis/scripts/lib/cart-rules.lua',
  'src/store/redis/scripts/lib/carts.lua',
  'src/store/sqlite/carts',
  'views/shop',
  'client/shop',
  'client/styles/shop',
  'public/art',
  'public/site.webmanifest',
  'public/social-card.png',
  'test/faults',
  'test/store/full-disk-process.ts',
  'test/store/journal.ts',
  'test/store/sqlite-process.ts',
];

/** What a new product writes for itself. */
export const partsOfThisProject = [
  'README.md',
  'CHANGELOG.md',
  'STYLE.md',
  'src/store/README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench',
  'docs',
  'e2e',
  'playwright.config.ts',
  'scripts/without-shop',
  'test/deployment.test.ts',
  'test/without-shop.test.ts',
  'test/security',
  'test/store/sqlite',
  'scripts/write-lists.ts',
  'test/docs',
  // It is written again for the tables that are left.
  'migrations',
];
