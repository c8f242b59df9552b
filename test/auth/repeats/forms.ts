import { Browser, formValues, newPerson, type Page, type Person } from '../../support/browser.ts';
import type { Shop } from '../../support/shop.ts';

type Site = Pick<Shop, 'app' | 'clock'>;

/** A form as it lies before a person, filled in and not sent yet. */
export interface FilledForm {
  browser: Browser;
  action: string;
  fields: Record<string, string>;
  person: Person;
}

export const NEW_PASSWORD = 'another three warm words';

/** Sends the form once more, as it is, with the cookies that the browser had when the form was filled in. */
export const send = ({ browser, action, fields }: FilledForm): Promise<Page> =>
  browser.post(action, fields);

/** Returns a browser that has the same cookies now, and gets none of the other's later. */
export function copyOf(browser: Browser, site: Site): Browser {
  const copy = new Browser(site, browser.headers);
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  return copy;
}

export async function signedUp(site: Site): Promise<{ browser: Browser; person: Person }> {
  const [browser, person] = [new Browser(site), newPerson()];
  await browser.signUp(person);
  await browser.get('/');
  return { browser, person };
}

async function fillIn(
  { browser, person }: { browser: Browser; person: Person },
  from: string,
  action: string,
  entered: Record<string, string> = {},
): Promise<FilledForm> {
  const fields = { ...formValues(await browser.get(from), action), ...entered };
  return { browser, person, action, fields };
}

type Fill = (site: Site) => Promise<FilledForm>;

/** The forms whose answer gives the session another id, where they lead, and what is said there. */
export const rotatingForms: Record<string, { fill: Fill; to: string; says: RegExp }> = {
  'a change of the password': {
    to: '/account',
    says: /Your password is changed\./,
    async fill(site) {
      const user = await signedUp(site);
      return fillIn(user, '/account', '/account/password', {
        current: user.person.password,
        password: NEW_PASSWORD,
        confirm: NEW_PASSWORD,
      });
    },
  },
  'a change of the e-mail address': {
    to: '/account',
    says: /Your e-mail address is changed\./,
    async fill(site) {
      const user = await signedUp(site);
      const { password } = user.person;
      const { email } = newPerson();
      return fillIn(user, '/account', '/account/email', { email, password });
    },
  },
  'a confirmation of the password': {
    to: '/devices',
    says: /Thanks, you can continue\./,
    async fill(site) {
      const user = await signedUp(site);
      const { password } = user.person;
      return fillIn(user, '/account/confirm?next=/devices', '/account/confirm', { password });
    },
  },
  'a link on the phone': {
    to: '/',
    says: /^Hello, Ada/,
    async fill(site) {
      const { browser, person } = await signedUp(site);
      const made = await browser.submit('/transfer', '/transfer');
      const link = new URL(made.document.querySelector('main code')!.text).pathname;
      return fillIn({ browser: new Browser(site), person }, link, link);
    },
  },
};

/** The forms with which a guest signs in. A repeat has the password, and may sign in once more. */
export const signInForms: Record<string, { fill: Fill; says: RegExp }> = {
  'a sign-up': { says: /Welcome to Satchel/, fill: (site) => fillInSignUp(new Browser(site)) },
  // shop {
  'a sign-up of a guest with a cart': {
    says: /Welcome to Satchel/,
    async fill(site) {
      const browser = new Browser(site);
      await browser.add('weekender');
      return fillInSignUp(browser);
    },
  },
  // } shop
  'a log-in': {
    says: /^Hello, Ada/,
    async fill(site) {
      const { person } = await signedUp(site);
      const { email, password } = person;
      return fillIn({ browser: new Browser(site), person }, '/login', '/login', {
        email,
        password,
      });
    },
  },
};

/** The forms whose answer ends the session, and where they lead. */
export const endingForms: Record<string, { fill: Fill; to: string }> = {
  'a deletion of the account': {
    to: '/login?goodbye=1',
    async fill(site) {
      const user = await signedUp(site);
      const { password } = user.person;
      return fillIn(user, '/account', '/account/delete', { password });
    },
  },
  'a log-out': {
    to: '/login',
    fill: async (site) => fillIn(await signedUp(site), '/', '/logout'),
  },
};

function fillInSignUp(browser: Browser): Promise<FilledForm> {
  const person = newPerson();
  const { name, email, password } = person;
  const entered = { name, email, password, confirm: password };
  return fillIn({ browser, person }, '/signup', '/signup', entered);
}
