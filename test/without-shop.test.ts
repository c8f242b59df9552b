import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stripMarks } from '../scripts/without-shop/strip-marks.ts';
import { Browser, newPerson } from './support/browser.ts';
import { temporaryFolder, type Folder } from './support/folder.ts';
import { httpSite } from './support/http-site.ts';
import { words } from './support/reading.ts';
import { freePort } from './support/redis-server.ts';
import { startServer } from './support/server-process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

suite('a copy without the shop', () => {
  let folder: Folder;
  let copy: string;
  const tool = (name: string, ...args: string[]) =>
    run(`${ROOT}node_modules/.bin/${name}`, args, { cwd: copy });

  before(async () => {
    folder = await temporaryFolder();
    copy = folder.file('my-product');
    await run(process.execPath, ['scripts/without-shop/without-shop.ts', copy], { cwd: ROOT });
    await symlink(`${ROOT}node_modules`, `${copy}/node_modules`);
    await tool('drizzle-kit', 'generate', '--name', 'users');
  });
  after(() => folder[Symbol.asyncDispose]());

  test('compiles, follows the lint rules and builds', async () => {
    await tool('tsc');
    await tool('tsc', '-p', 'client');
    await tool('oxlint');
    await tool('vite', 'build', '--logLevel', 'warn');
  });

  test('contains no word of carts or bags', () => {
    const files = globSync('**/*.{ts,lua,sql,eta,css,json,md,yml,sh,example}', {
      cwd: copy,
      exclude: ['node_modules/**', 'dist/**', 'package-lock.json'],
    });
    assert.ok(files.length > 150);
    for (const file of files) {
      const text = readFileSync(`${copy}/${file}`, 'utf8');
      const word = /\w*(cart|catalog|basket)\w*|\bbags?\b/i.exec(text);
      assert.equal(word, null, `${file}: ${word?.[0]}`);
      assert.doesNotMatch(text, /shop \{|\} shop|(\/\/|--|#|\/\*) shop\b/, file);
    }
  });

  test('signs people up and in, and out from another device', async () => {
    const port = await freePort();
    await using server = await startServer(
      { PORT: String(port), DATA_DIR: folder.file('data'), LIMIT_PER_ADDRESS: '0' },
      copy,
    );
    const site = httpSite(port);
    const [laptop, phone, ada] = [new Browser(site), new Browser(site), newPerson()];

    const welcome = await laptop.follow(await laptop.signUp(ada));
    assert.match(words(welcome), /Hello, Ada Traveller/);
    assert.doesNotMatch(welcome.body, /cart|\bbags?\b/i);
    await laptop.submit('/session', '/session/variables', { key: 'colour', value: 'green' });
    assert.match(words(await laptop.get('/session')), /green/);

    await phone.signIn(ada);
    const devices = await phone.get('/devices');
    const signOut = devices.document.querySelector('form[action$="/revoke"]')!;
    await phone.send(devices, signOut.getAttribute('action')!);
    assert.equal(await laptop.isSignedIn(), false);
    assert.equal(await phone.isSignedIn(), true);
    assert.ok(server.isRunning());
  });
});

suite('the marks of the shop', () => {
  test('take out a line, or all lines of a block', () => {
    const text = [
      'a',
      'b // shop',
      '  // shop {',
      'c',
      '// } shop',
      'd',
      '<p>e</p><% /* shop */ %>',
      '-- shop {',
      'f',
      '-- } shop',
      "@import 'g'; /* shop */",
      'h = shop',
    ];
    assert.equal(stripMarks(text.join('\n')), 'a\nd\nh = shop');
  });

  test('must be closed', () => {
    assert.throws(() => stripMarks('// shop {\na'), /does not end/);
  });
});
