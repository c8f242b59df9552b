import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { cutTokens, cutTokensOfLinks } from '../../src/lib/cut-tokens.ts';

const token = randomBytes(32).toString('base64url');
const encoded = token.replace(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

suite('a path without the token of a link', () => {
  const paths = [
    `/x/transfer/${token}`,
    `//transfer/${token}`,
    `/transfer%2f${token}`,
    `/transfer%252F${token}`,
    `/RESET/${token}/`,
    `/reset/${token}.html`,
    `/reset/~${token}`,
    `/verify/${encoded}`,
    `/verify/${encoded.replaceAll('%', '%25')}`,
    `/mail/${token.slice(0, -1)}`,
  ];
  for (const path of paths) {
    test(path, () => {
      const cut = cutTokens(path);
      assert.match(cut, /…/);
      assert.ok(!cut.includes(token.slice(0, 32)));
      assert.ok(!cut.includes(encoded.slice(0, 90)));
    });
  }

  test('keeps what people look for', () => {
    for (const path of ['/shop/field-satchel', '/wp-login.php', '/%3Cscript%3E', '/a/b/c']) {
      assert.equal(cutTokens(path), path);
    }
  });
});

test('a line of the log loses the tokens of links, and keeps hashes and hosts', () => {
  const hash = 'f'.repeat(64);
  const line = JSON.stringify({ session: hash, counter: token, origin: `https://${hash}.example` });

  assert.equal(cutTokensOfLinks(line), line);
  assert.equal(cutTokensOfLinks(`"in "/reset/${token}" (POST)"`), '"in "/reset/…" (POST)"');
  assert.equal(cutTokensOfLinks(`https://a.example/r?t=${token}`), 'https://a.example/r?t=…');
});
