import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ANSWER_LIFETIME } from '../../../src/session/repeats.ts';
import { Browser, formValues, type Page } from '../../support/browser.ts';
import { second } from '../../support/clock.ts';
import { sessionCookies, words } from '../../support/reading.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';
import { copyOf, NEW_PASSWORD, rotatingForms, send, type FilledForm } from './forms.ts';

/** The old cookie alone gains nothing: no session, no cookie, no word about what was saved. */
async function assertNothing(thief: Browser, answer: Page): Promise<void> {
  assert.equal(answer.status, 303);
  assert.match(answer.location!, /^\/login/);
  assert.deepEqual(sessionCookies(answer), []);
  assert.equal(await thief.isSignedIn(), false);
  assert.doesNotMatch(words(await thief.follow(answer)), /nothing was saved/i);
}

/** The victim has changed the password a moment ago. The thief has the cookie from before. */
async function afterChange(shop: Shop): Promise<FilledForm & { thief: Browser }> {
  const filled = await rotatingForms['a change of the password']!.fill(shop);
  const thief = copyOf(filled.browser, shop);
  assert.equal((await send(filled)).status, 303);
  return { ...filled, thief };
}

const attacks: Record<string, (shop: Shop) => Promise<void>> = {
  async 'the old cookie alone opens no page'(shop) {
    const { thief } = await afterChange(shop);
    for (const url of ['/', '/account', '/devices', '/session', '/account/password']) {
      const page = await thief.get(url);
      assert.equal(page.status, 303);
      assert.match(page.location!, /^\/login\?next=/);
      assert.deepEqual(sessionCookies(page), []);
    }
  },

  async 'the old cookie with a form that has no id gains nothing'(shop) {
    const { thief, action, fields } = await afterChange(shop);
    const { form: _form, ...rest } = fields;
    await assertNothing(thief, await thief.post(action, rest));
  },

  async 'the old cookie with another id of a form gains nothing'(shop) {
    const { thief, action, fields } = await afterChange(shop);
    for (const form of [
      'x'.repeat(36),
      fields.form!.slice(0, -1),
      fields.form!.toUpperCase(),
      '',
    ]) {
      await assertNothing(thief, await thief.post(action, { ...fields, form }));
    }
  },

  async 'the old cookie with the id of another form of the same page gains nothing'(shop) {
    const filled = await rotatingForms['a change of the password']!.fill(shop);
    const page = await filled.browser.get('/account');
    const thief = copyOf(filled.browser, shop);
    await send(filled);
    for (const action of ['/account/email', '/account/delete', '/logout']) {
      const { form = '' } = formValues(page, action);
      await assertNothing(thief, await thief.post(filled.action, { ...filled.fields, form }));
      await assertNothing(thief, await thief.post(action, { ...filled.fields, form }));
      await assertNothing(thief, await thief.post(action, filled.fields));
    }
  },

  async 'the right cookie and id with another password or token gain nothing'(shop) {
    const { thief, action, fields } = await afterChange(shop);
    const { _csrf: token } = fields;
    const others: Record<string, string>[] = [
      { current: 'a guess of the password' },
      { password: 'a password of the thief', confirm: 'a password of the thief' },
      { _csrf: `${token}x` },
    ];
    for (const other of others) {
      await assertNothing(thief, await thief.post(action, { ...fields, ...other }));
    }
    await assertNothing(thief, await thief.post(`${action}?x`, fields));
  },

  async 'the form alone, without the old cookie or with another one, gains nothing'(shop) {
    const { action, fields } = await afterChange(shop);
    const nobody = new Browser(shop);
    const answer = await nobody.post(action, fields);
    assert.match(answer.location!, /^\/login/);
    assert.equal(await nobody.isSignedIn(), false);

    const { thief: stranger } = await afterChange(shop);
    await assertNothing(stranger, await stranger.post(action, fields));
  },

  async 'a repeat from another site is refused'(shop) {
    const { thief, action, fields } = await afterChange(shop);
    const answer = await thief.post(action, fields, { 'sec-fetch-site': 'cross-site' });
    assert.equal(answer.status, 403);
    assert.deepEqual(sessionCookies(answer), []);
  },

  async 'after half a minute the repeat is answered like any old cookie'(shop) {
    const { thief, action, fields } = await afterChange(shop);
    shop.clock.advance(ANSWER_LIFETIME + second);
    await assertNothing(thief, await thief.post(action, fields));
  },

  async 'a repeat does not revive a session that has signed out since'(shop) {
    const { browser, thief, action, fields } = await afterChange(shop);
    await browser.signOut();
    await assertNothing(thief, await thief.post(action, fields));
  },

  async 'a repeat does not revive a session that another device has signed out since'(shop) {
    const { person, thief, action, fields } = await afterChange(shop);
    const phone = new Browser(shop);
    await phone.signIn({ email: person.email, password: NEW_PASSWORD });
    await phone.submit('/devices', '/devices/revoke-others');
    await assertNothing(thief, await thief.post(action, fields));
  },

  async 'a repeat follows no further than to the session of its own answer'(shop) {
    const { browser, thief, action, fields } = await afterChange(shop);
    await browser.submit('/account/confirm', '/account/confirm', { password: NEW_PASSWORD });
    await assertNothing(thief, await thief.post(action, fields));
    assert.equal(await browser.isSignedIn(), true);
  },
};

for (const store of stores) {
  suite(`a thief of an old cookie, on ${store}`, () => {
    for (const [name, attack] of Object.entries(attacks)) {
      test(name, async () => {
        await using shop = await openShop(store);
        await attack(shop);
      });
    }
  });
}

if (!process.env.QUICK) {
  test('a thief of an old cookie, on a Redis Cluster', async (t) => {
    await using cluster = await startRedisCluster();
    await using shop = await openShop('sqlite', { REDIS_URL: cluster.url });
    for (const [name, attack] of Object.entries(attacks)) await t.test(name, () => attack(shop));
  });
}
