import { Redis } from 'ioredis';
import type { Page } from './browser.ts';
import type { RedisServer } from './redis-server.ts';

/** The text in the main part of the page, with single spaces. */
export function words(page: Page): string {
  const main = page.document.querySelector('main') ?? page.document;
  return main.text.replace(/\s+/g, ' ').trim();
}

/** The messages beside the fields: field -> message. */
export function fieldMessages(page: Page): Record<string, string> {
  const messages = page.document.querySelectorAll('.field-error[id]');
  return Object.fromEntries(
    messages.map((message) => [message.id.replace(/-error$/, ''), message.text.trim()]),
  );
}

/** The value of the input with this name. */
export function valueOf(page: Page, name: string): string | undefined {
  return page.document.querySelector(`main input[name="${name}"]`)?.getAttribute('value');
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a caller says what it expects
export function json<T = Record<string, unknown>>(page: Page): T {
  return JSON.parse(page.body) as T;
}

/** The number of round trips to the store; undefined when the answer does not name it. */
export function trips(page: Pick<Page, 'headers'>): number | undefined {
  const match = /^store;desc="(\d+) trips?"/.exec(String(page.headers['server-timing'] ?? ''));
  return match ? Number(match[1]) : undefined;
}

/** The Set-Cookie headers of an answer. */
export function setCookies(page: Pick<Page, 'headers'>): string[] {
  const header = page.headers['set-cookie'];
  return header === undefined ? [] : [header].flat().map(String);
}

/** The Set-Cookie headers that set or delete the session's cookie. */
export function sessionCookies(page: Pick<Page, 'headers'>): string[] {
  return setCookies(page).filter((cookie) => /^(__Host-satchel|satchel-\d+)=/.test(cookie));
}

/** All keys of a Redis, sorted. */
export async function storedKeys(server: RedisServer): Promise<string[]> {
  const client = new Redis(server.url);
  try {
    return (await client.keys('*')).sort();
  } finally {
    client.disconnect();
  }
}
