import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { lintInCopy, lintSources } from './lint-copy.ts';

const onServer: [what: string, source: string, rule: RegExp][] = [
  ['random numbers that can be guessed', `export const n = Math.random();`, /Math/],
  ['code made from text', `export const run = (text: string) => eval(text);`, /no-eval/],
  ['a function made from text', `export const make = new Function('return 1');`, /no-new-func/],
  ['another program', `import { exec } from 'node:child_process';\nexec('ls');`, /restricted/],
  [
    'another context',
    `import { runInThisContext } from 'node:vm';\nrunInThisContext('1');`,
    /restr/,
  ],
  ['an address that it is given', `export const get = (url: string) => fetch(url);`, /fetch/],
  [
    'https by itself',
    `import { get } from 'node:https';\nget('https://example.com');`,
    /restricted/,
  ],
  [
    'MD5',
    `import { createHash } from 'node:crypto';\nexport const h = createHash('md5');`,
    /safe\(hashes\)/,
  ],
  [
    'SHA-1 in HMAC',
    `import { createHmac } from 'node:crypto';\nexport const h = createHmac('sha1', 'k');`,
    /safe\(hashes\)/,
  ],
  [
    'a cipher beside the keyring',
    `import { createCipheriv } from 'node:crypto';\nexport const c = createCipheriv;`,
    /restricted/,
  ],
  [
    'a comparison of secrets that stops at the first difference',
    `export const same = (a: string, secret: string) => a === secret;`,
    /safe\(secret-comparison\)/,
  ],
  [
    'a connection without a check of certificates',
    `export const tls = { rejectUnauthorized: false };`,
    /safe\(certificates\)/,
  ],
];

const inBrowser: [what: string, source: string, rule: RegExp][] = [
  ['markup made from text', `document.body.innerHTML = '<b>';`, /safe\(markup\)/],
  ['markup put beside an element', `document.body.insertAdjacentHTML('beforeend', '');`, /markup/],
  ['document.write', `document.write('<b>');`, /safe\(markup\)/],
  ['code made from text', `eval('1');`, /no-eval/],
  ['a message to another window', `window.postMessage('hello', '*');`, /safe\(messages\)/],
  [
    'messages from other windows',
    `window.addEventListener('message', () => {});`,
    /safe\(messages\)/,
  ],
  ['a form found by its name', `export const f = document.forms;`, /safe\(named-access\)/],
];

const HARMLESS = 'src/lib/harmless.ts';

let said: Map<string, string>;
before(async () => {
  said = await lintInCopy({
    [HARMLESS]: `import { randomInt } from 'node:crypto';\nexport const n = randomInt(10);\n`,
    ...Object.fromEntries(
      onServer.map(([, source], at) => [`src/lib/new-${at}.ts`, `${source}\n`]),
    ),
    ...Object.fromEntries(
      inBrowser.map(([, source], at) => [`client/new-${at}.ts`, `${source}\n`]),
    ),
  });
});

suite('lint refuses on the server', () => {
  for (const [at, [what, , rule]] of onServer.entries()) {
    test(what, () => {
      assert.match(said.get(`src/lib/new-${at}.ts`)!, rule);
    });
  }
});

suite('lint refuses in the browser', () => {
  for (const [at, [what, , rule]] of inBrowser.entries()) {
    test(what, () => {
      assert.match(said.get(`client/new-${at}.ts`)!, rule);
    });
  }
});

test('lint finds nothing of this in the sources as they are', async () => {
  const found = await lintSources();
  assert.deepEqual(found, []);
});

test('lint accepts a harmless file at the same place', () => {
  assert.equal(said.get(HARMLESS), '');
});
