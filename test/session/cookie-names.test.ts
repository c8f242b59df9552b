import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { cookieNameOf } from '../../src/session/cookie-names.ts';
import { openShop } from '../support/shop.ts';

test('two shops on one localhost share a browser, and neither signs the other out', async () => {
  await using one = await openShop('sqlite', { PORT: '3001' });
  await using two = await openShop('sqlite', { PORT: '3002' });
  const [atOne, atTwo] = [
    new Browser(one, { host: 'localhost:3001' }),
    new Browser(two, { host: 'localhost:3002' }),
  ];
  const share = (from: Browser, to: Browser) => {
    for (const [name, value] of from.cookies) to.cookies.set(name, value);
  };

  await atOne.signUp(newPerson());
  share(atOne, atTwo);
  await atTwo.signUp(newPerson());
  share(atTwo, atOne);

  assert.equal(await atOne.isSignedIn(), true);
  assert.equal(await atTwo.isSignedIn(), true);
  const names = [...atOne.cookies.keys()].toSorted();
  assert.deepEqual(names, ['known-3001', 'known-3002', 'satchel-3001', 'satchel-3002']);
});

test('a cookie with TLS has no port in its name, and one without always has', () => {
  assert.equal(cookieNameOf('satchel', new URL('https://shop.example:8443')), '__Host-satchel');
  assert.equal(cookieNameOf('satchel', new URL('http://localhost')), 'satchel-80');
});
