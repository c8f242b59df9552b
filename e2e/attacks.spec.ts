import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from '@playwright/test';
import { markup } from '../test/attacks/payloads.ts';
import { test } from './fixtures.ts';
import { newPerson, signUp } from './person.ts';

test('another site cannot show a page of ours in a frame', async ({ browser, origin }) => {
  const pages = ['/shop', '/cart', '/login', '/nowhere', '/livez', '/robots.txt'];
  const frames = pages.map((page) => `<iframe src="${origin}${page}"></iframe>`).join('');
  const evil = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(frames);
  });
  evil.listen(0, '127.0.0.1');
  await once(evil, 'listening');

  const page = await browser.newPage();
  await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
  for (const frame of page.frames().slice(1)) {
    await expect.poll(() => frame.url()).toBe('chrome-error://chromewebdata/');
  }
  expect(page.frames()).toHaveLength(1 + pages.length);

  await page.close();
  evil.close();
});

/** A complaint of the content security policy would fail this story: see fixtures.ts. */
test('markup in a name, a variable or a search runs nothing', async ({ laptop }) => {
  const dialogs: string[] = [];
  laptop.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await signUp(laptop, newPerson());
  const token = await laptop.locator('header input[name="_csrf"]').inputValue();
  const send = async (url: string, fields: Record<string, string>) => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const form = { ...fields, _csrf: token };
    const answer = await laptop.request.post(url, { headers, form, maxRedirects: 0 });
    expect(answer.status()).toBe(303);
  };

  for (const text of markup) {
    await send('/account/profile', { name: text.slice(0, 80) });
    await send('/session/variables', { key: 'note', value: text });
    await laptop.goto('/session');
    await expect(laptop.getByText(text.replace(/\s+/g, ' ')).first()).toBeVisible();
    await laptop.goto(`/shop?${new URLSearchParams({ q: text }).toString()}`);
    await expect(laptop.getByRole('searchbox').first()).toHaveValue(text);
  }
  expect(dialogs).toEqual([]);
});
