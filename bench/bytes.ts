/**
 * What a first view weighs on the wire, page by page: `npm run build && npx node bench/bytes.ts`.
 * Scripts, styles and pictures as we pack them; HTML as it leaves us, and as a proxy in front may pack it.
 */
import { brotliCompressSync, constants } from 'node:zlib';
import { Browser, newPerson, type Page } from '../test/support/browser.ts';
import { openShop } from '../test/support/shop.ts';

const LIMIT = 15_000;
/** What proxies commonly use. */
const QUALITY = 5;

await using shop = await openShop('sqlite');
const stranger = new Browser(shop);
const user = new Browser(shop);
await user.signUp(newPerson());
await user.add('weekender');

const views: [name: string, browser: Browser, url: string][] = [
  ['shop', stranger, '/shop'],
  ['product', stranger, '/shop/weekender'],
  ['sign-in', stranger, '/login'],
  ['dashboard', user, '/'],
  ['session', user, '/session'],
  ['cart', user, '/cart'],
];
const rows = [];
for (const [name, browser, url] of views) rows.push({ page: name, ...(await weigh(browser, url)) });
console.table(rows);
console.log(`Limits: ${LIMIT} bytes of scripts, ${LIMIT} bytes of styles.`);
if (rows.some(({ scripts, styles }) => scripts > LIMIT || styles > LIMIT)) process.exitCode = 1;

async function weigh(browser: Browser, url: string) {
  const page = await browser.get(url);
  if (page.status !== 200) throw new Error(`${url} answered ${page.status}`);
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY };
  return {
    html: Buffer.byteLength(page.body),
    'html by a proxy': brotliCompressSync(page.body, { params }).length,
    scripts: await packed(page, 'script[src]', 'src'),
    styles: await packed(page, 'link[rel=stylesheet]', 'href'),
    pictures: await packed(page, 'img:not([loading=lazy])', 'src'),
  };
}

async function packed({ document }: Page, selector: string, attribute: string): Promise<number> {
  const urls = document.querySelectorAll(selector).map((each) => each.getAttribute(attribute)!);
  const headers = { 'accept-encoding': 'gzip, deflate, br, zstd' };
  let bytes = 0;
  for (const url of new Set(urls)) {
    bytes += (await shop.app.inject({ url, headers })).rawPayload.length;
  }
  return bytes;
}
