import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { parse, type HTMLElement } from 'node-html-parser';
import type { PricedCart } from '../../src/shop/priced-cart.ts'; // shop

/** The part of an app that a browser needs. It is read at every request, so that the app may be restarted. */
interface Site {
  app: { inject: FastifyInstance['inject'] };
}

export interface Page {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  location: string | undefined;
  body: string;
  document: HTMLElement;
}

export interface Person {
  name: string;
  email: string;
  password: string;
}

export function newPerson(name = 'Ada Traveller'): Person {
  return { name, email: `${randomUUID()}@example.com`, password: 'three warm words here' };
}

/** The headers of one request. With undefined, a header that a browser would send is left out. */
type Headers = Record<string, string | undefined>;

/** The browser of one person. It keeps cookies, fills in the forms of a page, and says where a request comes from. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #site: Site;
  /** Sent with every request. */
  readonly headers: Record<string, string>;

  constructor(site: Site, headers: Record<string, string> = {}) {
    this.#site = site;
    this.headers = headers;
  }

  /** The cookies that it sends with its next request; empty when it has none. */
  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(url: string, headers: Headers = {}): Promise<Page> {
    return this.#send('GET', url, undefined, { accept: 'text/html', ...headers });
  }

  head(url: string): Promise<Page> {
    return this.#send('HEAD', url, undefined, { accept: 'text/html' });
  }

  /** Sends a form as a page of the shop does. */
  post(url: string, fields: Record<string, string> = {}, headers: Headers = {}): Promise<Page> {
    return this.#send('POST', url, new URLSearchParams(fields).toString(), {
      accept: 'text/html',
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    });
  }

  /** Sends JSON and wants JSON back, as a script of the shop does. */
  postJson(url: string, body: unknown, headers: Headers = {}): Promise<Page> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return this.#send('POST', url, payload, {
      accept: 'application/json',
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      ...headers,
    });
  }

  /** Opens a page, fills in the form with this action, and sends it. */
  async submit(from: string, action: string, fields: Record<string, string> = {}): Promise<Page> {
    const page = await this.get(from);
    return this.send(page, action, fields);
  }

  /** Fills in the form with this action on a page that was opened before, and sends it. */
  send(page: Page, action: string, fields: Record<string, string> = {}): Promise<Page> {
    return this.post(action, { ...formValues(page, action), ...fields });
  }

  /** Follows a redirect. Any other page is returned as it is. */
  async follow(page: Page): Promise<Page> {
    return page.location ? this.get(page.location) : page;
  }

  signUp(person: Person): Promise<Page> {
    const { name, email, password } = person;
    return this.submit('/signup', '/signup', { name, email, password, confirm: password });
  }

  signIn(
    person: Pick<Person, 'email' | 'password'>,
    more: Record<string, string> = {},
  ): Promise<Page> {
    const { email, password } = person;
    return this.submit('/login', '/login', { email, password, ...more });
  }

  signOut(): Promise<Page> {
    return this.submit('/', '/logout');
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.get('/')).status === 200;
  }

  // shop {
  add(slug: string, quantity = 1): Promise<Page> {
    return this.submit(`/shop/${slug}`, '/cart/lines', { quantity: String(quantity) });
  }

  async cart(): Promise<PricedCart> {
    const { body } = await this.get('/cart', { accept: 'application/json' });
    return JSON.parse(body) as PricedCart;
  }

  /** The cart as `slug` -> quantity. */
  async lines(): Promise<Record<string, number>> {
    const { lines } = await this.cart();
    return Object.fromEntries(lines.map(({ slug, quantity }) => [slug, quantity]));
  }
  // } shop

  async #send(
    method: 'GET' | 'HEAD' | 'POST',
    url: string,
    payload: string | undefined,
    headers: Headers,
  ): Promise<Page> {
    const cookie = this.cookieHeader;
    const all = { ...this.headers, ...headers, ...(cookie && { cookie }) };
    const answer = await this.#site.app.inject({
      method,
      url,
      payload,
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    });
    for (const { name, value, maxAge } of answer.cookies) {
      if (value === '' || maxAge === 0) this.cookies.delete(name);
      else this.cookies.set(name, encodeURIComponent(value));
    }
    return {
      status: answer.statusCode,
      headers: answer.headers,
      location: answer.headers.location,
      body: answer.body,
      document: parse(answer.body),
    };
  }
}

/** What a browser sends for the form with this action: the current values of its inputs. */
export function formValues(page: Page, action: string): Record<string, string> {
  const form = page.document.querySelector(`form[action="${action}"]`);
  if (!form) throw new Error(`There is no form with action ${action} on the page:\n${page.body}`);
  const inputs = form
    .querySelectorAll('input[name]')
    .filter((input) => input.getAttribute('type') !== 'checkbox' || input.hasAttribute('checked'));
  return Object.fromEntries(
    inputs.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
  );
}
