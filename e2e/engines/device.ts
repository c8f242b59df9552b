import type { Person } from '../../test/support/browser.ts';
import catalogue from '../../src/shop/catalog/products.json' with { type: 'json' };
import type { Window } from './engine.ts';
import { eventually } from './eventually.ts';

type Control = HTMLInputElement | HTMLButtonElement | HTMLAnchorElement;

/** The browser of one person, who sees what is on the page, presses and types. Everything waits until it is possible. */
export class Device {
  readonly #window: Window;
  readonly #origin: string;

  constructor(window: Window, origin: string) {
    this.#window = window;
    this.#origin = origin;
  }

  async signUp({ name, email, password }: Person): Promise<void> {
    await this.goto('/signup');
    await this.fill('Name', name);
    await this.fill('E-mail', email);
    await this.fill('Password', password);
    await this.fill('Confirm password', password);
    await this.press('Create account');
    await this.seesHeading(`Hello, ${name}`);
  }

  async signIn(person: Person): Promise<void> {
    await this.goto('/login');
    await this.enterPassword(person);
    await this.seesHeading(`Hello, ${person.name}`);
  }

  /** Fills in and sends the form of the sign-in page, whatever page comes next. */
  async enterPassword({ email, password }: Omit<Person, 'name'>): Promise<void> {
    await this.fill('E-mail', email);
    await this.fill('Password', password);
    await this.press('Sign in');
  }

  async openProduct(product: string): Promise<void> {
    const { slug } = catalogue.find(({ name }) => name === product)!;
    await this.goto(`/shop/${slug}`);
    await this.seesHeading(product);
  }

  async openCart(): Promise<void> {
    await this.goto('/cart');
    await this.seesHeading('Your cart');
  }

  goto(path: string): Promise<void> {
    return this.#window.goto(`${this.#origin}${path}`);
  }

  async goBack(): Promise<void> {
    await this.#window.evaluate('history.back()');
  }

  press(button: string): Promise<void> {
    return this.#click('button', button);
  }

  follow(link: string): Promise<void> {
    return this.#click('a[href]', link);
  }

  async fill(label: string, text: string): Promise<void> {
    await this.#click('input', label);
    await this.#lookAt('input', label, (field) => (field as HTMLInputElement).select());
    const keys = Array.from(text).flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#window.perform([{ type: 'key', id: 'keyboard', actions: keys }]);
  }

  seesHeading(text: string): Promise<void> {
    return eventually(() => this.#textOf('h1')).toBe(text);
  }

  sees(text: string): Promise<void> {
    return eventually(() => this.#textOf('body')).toContain(text);
  }

  seesValue(label: string, value: string): Promise<void> {
    const look = (field: Control | undefined) => (field as HTMLInputElement | undefined)?.value;
    return eventually(() => this.#lookAt('input', label, look)).toBe(value);
  }

  /** How a link looks. */
  seesStyle(link: string, property: string, value: string): Promise<void> {
    const element = `(${String(find)})('a[href]', ${JSON.stringify(link)})`;
    const style = `getComputedStyle(${element}).getPropertyValue(${JSON.stringify(property)})`;
    return eventually(() => this.#window.evaluate(style)).toBe(value);
  }

  /** The number beside the cart, in the header of every page. */
  seesItems(count: number): Promise<void> {
    const text = `Cart ${count} ${count === 1 ? 'item' : 'items'}`;
    return eventually(() => this.#textOf('#cart-link')).toBe(text);
  }

  /** Exactly these lines in the open cart, product -> quantity, and their sum in the header, as the server has them. */
  async seesCart(lines: Record<string, number>): Promise<void> {
    await eventually(() => this.#window.evaluate(`(${String(cart)})()`)).toEqual(lines);
    await this.seesItems(Object.values(lines).reduce((sum, quantity) => sum + quantity, 0));
  }

  /** Something in its console. */
  seesTrouble(expected: RegExp): Promise<void> {
    return eventually(async () => (await this.#window.troubles()).join('\n')).toMatch(expected);
  }

  /** Puts a picture into the page, as an attacker would who found a way. */
  async putPicture(url: string): Promise<void> {
    await this.#window.evaluate(`new Image().src = ${JSON.stringify(url)}`);
  }

  screenshot(): Promise<Buffer> {
    return this.#window.screenshot();
  }

  /** @returns the troubles of its whole life */
  async close(): Promise<string[]> {
    const troubles = await this.#window.troubles();
    await this.#window.close();
    return troubles;
  }

  async #click(kind: string, name: string): Promise<void> {
    let spot: { x: number; y: number } | undefined;
    // A page that has just loaded may still scroll to its focus, so the element must be at the same place twice.
    const found = async () => {
      const before = spot;
      spot = await this.#lookAt(kind, name, spotOf);
      return spot !== undefined && spot.x === before?.x && spot.y === before.y;
    };
    await eventually(found, `the page has no ${kind} “${name}” that can be pressed`).toBe(true);
    const actions = [
      { type: 'pointerMove', ...spot!, duration: 0 },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    const parameters = { pointerType: 'mouse' };
    await this.#window.perform([{ type: 'pointer', id: 'mouse', parameters, actions }]);
  }

  #textOf(selector: string): Promise<string | undefined> {
    const text = `document.querySelector(${JSON.stringify(selector)})?.innerText`;
    return this.#window.evaluate(`${text}?.replace(/\\s+/g, ' ')`) as Promise<string | undefined>;
  }

  #lookAt<T>(
    kind: string,
    name: string,
    look: (element: Control | undefined) => T,
  ): Promise<T | undefined> {
    const element = `(${String(find)})(${JSON.stringify(kind)}, ${JSON.stringify(name)})`;
    return this.#window.evaluate(`(${String(look)})(${element})`) as Promise<T | undefined>;
  }
}

// The following functions run in the page.

function find(kind: string, name: string): Control | undefined {
  const nameOf = (element: Control) => {
    // WebKitGTK 2.50 crashes some time after a look at element.labels.
    const label = document.querySelector(`label[for="${element.id}"]`) ?? element;
    return element.ariaLabel ?? label.textContent.replace(/\s+/g, ' ').trim();
  };
  return [...document.querySelectorAll<Control>(kind)].find(
    (element) => element.checkVisibility() && nameOf(element) === name,
  );
}

/** The lines of the cart; undefined while the page shows a change that the server has not answered. */
function cart(): Record<string, number> | undefined {
  if (document.querySelector('#cart[aria-busy]')) return undefined;
  const lines = [...document.querySelectorAll('.cart-line')].map((line) => [
    line.querySelector('a')!.textContent,
    Number(line.querySelector<HTMLInputElement>('input[id]')!.value),
  ]);
  return Object.fromEntries(lines) as Record<string, number>;
}

/** Where to press it; undefined while it is not there, or while something lies above it. */
function spotOf(element: Control | undefined): { x: number; y: number } | undefined {
  if (!element) return undefined;
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, width, top, height } = element.getBoundingClientRect();
  const spot = { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
  const hit = document.elementFromPoint(spot.x, spot.y);
  return hit && element.contains(hit) ? spot : undefined;
}
