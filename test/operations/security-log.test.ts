import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { RE_AUTHENTICATION_LIFETIME } from '../../src/session/re-authentication.ts';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { second } from '../support/clock.ts';
import { openLoggedShop, type LoggedShop } from '../support/logged-shop.ts';
import { listedRoutes } from '../support/routes.ts';

const WRONG = 'some other warm words';
const NEW = 'four quite new warm words';

suite('the security log', () => {
  let shop: LoggedShop;
  before(async () => {
    shop = await openLoggedShop();
  });
  after(() => shop[Symbol.asyncDispose]());

  /** @returns the security events of what is done meanwhile, in their order */
  async function eventsOf(act: () => Promise<unknown>): Promise<string[]> {
    const before = shop.lines.length;
    await act();
    return shop.lines.slice(before).flatMap(({ event }) => event ?? []);
  }

  async function signedUp() {
    const [browser, ada] = [new Browser(shop), newPerson()];
    await browser.signUp(ada);
    return { browser, ada };
  }

  const wrong: [what: string, from: string, action: string, fields: Record<string, string>][] = [
    ['to confirm who it is', '/account/confirm', '/account/confirm', { password: WRONG }],
    ['to delete the account', '/account', '/account/delete', { password: WRONG }],
    [
      'to change the address',
      '/account',
      '/account/email',
      { email: newPerson().email, password: WRONG },
    ],
    [
      'to change the password',
      '/account',
      '/account/password',
      { current: WRONG, password: NEW, confirm: NEW },
    ],
  ];
  for (const [what, from, action, fields] of wrong) {
    test(`has a failed log-in for a wrong password ${what}`, async () => {
      const { browser } = await signedUp();
      const [first, ...more] = await eventsOf(() => browser.submit(from, action, fields));
      assert.equal(first, 'authn_login_fail');
      assert.deepEqual(more, action === '/account/password' ? ['authn_password_change_fail'] : []);
    });
  }

  test('has each log-in: failed, refused, and the right one after it', async () => {
    const { ada } = await signedUp();
    const logIn = (password: string) =>
      eventsOf(() => new Browser(shop).signIn({ ...ada, password }));
    assert.deepEqual(await logIn(ada.password), ['authn_login_success', 'session_created']);
    for (let free = 0; free < 4; free += 1) {
      assert.deepEqual(await logIn(WRONG), ['authn_login_fail']);
    }
    const last = ['authn_login_fail', 'authn_login_lock'];
    assert.deepEqual(await logIn(WRONG), last);
    assert.deepEqual(await logIn(ada.password), ['excess_rate_limit_exceeded']);
    shop.clock.advance(60 * second);
    const right = ['authn_login_successafterfail', 'session_created'];
    assert.deepEqual(await logIn(ada.password), right);
  });

  test('has a failed log-in for an address without an account', async () => {
    const events = await eventsOf(() => new Browser(shop).signIn(newPerson()));
    assert.deepEqual(events, ['authn_login_fail']);
  });

  test('has each sign-up, sign-out, new password and end of an account', async () => {
    const [browser, ada] = [new Browser(shop), newPerson()];
    const created = ['user_created', 'session_created'];
    assert.deepEqual(await eventsOf(() => browser.signUp(ada)), created);
    const change = { current: ada.password, password: NEW, confirm: NEW };
    assert.deepEqual(
      await eventsOf(() => browser.submit('/account', '/account/password', change)),
      ['authn_login_success', 'session_renewed', 'authn_password_change'],
    );
    assert.deepEqual(await eventsOf(() => browser.signOut()), ['session_expired']);
    await browser.signIn({ ...ada, password: NEW });
    const leave = () => browser.submit('/account', '/account/delete', { password: NEW });
    assert.deepEqual(await eventsOf(leave), ['authn_login_success', 'user_deleted']);
  });

  test('names the user and the session of an event, as far as they are known', async () => {
    const from = shop.lines.length;
    const { browser } = await signedUp();
    await browser.submit('/account/confirm', '/account/confirm', { password: WRONG });
    const failed = shop.lines.slice(from).find(({ event }) => event === 'authn_login_fail');
    const { user, session, reqId, ip } = failed as unknown as Record<string, string>;
    assert.ok(shop.app.users.find(user!));
    assert.match(session!, /^[0-9a-f]{64}$/);
    assert.match(reqId!, /^req-/);
    assert.equal(ip, '127.0.0.1');
  });

  test('has a refusal for each form of a user that a guest sends, and for each route in JSON', async () => {
    const guarded = listedRoutes.filter(({ config }) => config.access === 'users');
    assert.ok(guarded.length >= 18);
    for (const { method, path, config } of guarded) {
      const url = path.replace(':id', 'a'.repeat(64));
      const guest = new Browser(shop);
      const refused = await eventsOf(() =>
        method === 'GET' ? guest.get(url, { accept: 'application/json' }) : guest.post(url),
      );
      assert.deepEqual(refused, config.signedOutTo ? [] : ['authz_fail'], `${method} ${path}`);
    }
  });

  test('has a refusal for each route that needs a password given lately', async () => {
    const { browser } = await signedUp();
    const { _csrf = '' } = formValues(await browser.get('/'), '/logout');
    shop.clock.advance(RE_AUTHENTICATION_LIFETIME + second);
    const guarded = listedRoutes.filter(({ config }) => config.reAuthentication);
    assert.ok(guarded.length >= 4);
    for (const { method, path } of guarded) {
      const url = path.replace(':id', 'a'.repeat(64));
      const refused = await eventsOf(() =>
        method === 'GET' ? browser.get(url) : browser.post(url, { _csrf }),
      );
      assert.deepEqual(refused, ['authz_fail'], `${method} ${path}`);
    }
  });
});
