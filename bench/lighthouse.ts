/**
 * What Lighthouse says of the shop on a phone: `npm run build && npx node bench/lighthouse.ts [page ...]`. It takes
 * a minute or two, and needs Chromium. Lighthouse is heavy, so npx fetches it for this alone.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromiumPath } from '../test/support/tools.ts';
import { serve } from './serve.ts';

interface Report {
  categories: Record<string, { score: number; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { title: string; score: number | null; displayValue?: string }>;
}

const pages = ['/shop', '/shop/field-satchel', '/cart', '/login'];
const chosen = process.argv.slice(2);

await using shop = await serve(4128);
const cookie = await fillCart();
for (const page of chosen.length > 0 ? chosen : pages) {
  const { categories, audits } = await look(page);
  const scores = Object.entries(categories).map(
    ([name, { score }]) => `${name} ${Math.round(score * 100)}`,
  );
  console.log(`${page.padEnd(20)} ${scores.join(', ')}`);
  for (const { auditRefs } of Object.values(categories)) {
    for (const { id, weight } of auditRefs) {
      const { title, score, displayValue = '' } = audits[id]!;
      if (weight > 0 && score !== null && score < 0.9) {
        console.log(`  ${Math.round(score * 100)} ${id}: ${title} ${displayValue}`);
      }
    }
  }
}

/** A guest with two bags in the cart. @returns their cookie */
async function fillCart(): Promise<string> {
  let cookie = '';
  for (const product of ['weekender', 'field-satchel']) {
    const answer = await fetch(`${shop.url}/cart/lines`, {
      method: 'POST',
      headers: { origin: shop.url, accept: 'application/json', ...(cookie && { cookie }) },
      body: new URLSearchParams({ product, quantity: '1', change: crypto.randomUUID() }),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    cookie ||= answer.headers.getSetCookie()[0]!.split(';')[0]!;
  }
  return cookie;
}

async function look(page: string): Promise<Report> {
  const { stdout } = await promisify(execFile)(
    'npx',
    [
      '--yes',
      'lighthouse@13',
      shop.url + page,
      '--quiet',
      '--output=json',
      `--extra-headers=${JSON.stringify({ cookie })}`,
      `--chrome-flags=--headless=new${process.getuid?.() === 0 ? ' --no-sandbox' : ''}`,
    ],
    { env: { ...process.env, CHROME_PATH: chromiumPath }, maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as Report;
}
