import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { Browser, newPerson } from '../support/browser.ts';
import { openShop } from '../support/shop.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const notes = readFileSync(`${ROOT}docs/security.md`, 'utf8');
/** The second column of the table "What it talks to", by the first one. */
const said = new Map(
  Array.from(notes.matchAll(/^\| (Redis|SQLite) +\| ([^|]*[^| ]) *\|/gm), ([, to = '', what]) => [
    to,
    what,
  ]),
);

suite('docs/security.md says how many connections there are, and there are no more', () => {
  test('to Redis, also when many people come at once', async () => {
    assert.equal(said.get('Redis'), '2 a process: commands, and listening');
    await using shop = await openShop('redis');
    const admin = new Redis(shop.redis!.url);
    const count = async () => {
      const clients = String(await admin.client('LIST'))
        .trim()
        .split('\n');
      return clients.filter((line) => !line.includes('cmd=client|list')).length;
    };
    try {
      const guests = Array.from({ length: 50 }, () => new Browser(shop));
      await Promise.all(guests.map((guest) => guest.add('weekender')));
      assert.equal(await count(), 2);
    } finally {
      admin.disconnect();
    }
  });

  test('to SQLite', async () => {
    assert.equal(said.get('SQLite'), '1 for each file');
    await using shop = await openShop('sqlite');
    await new Browser(shop).signUp(newPerson());
    const files = openFiles().filter((file) => file.startsWith(shop.folder));
    for (const name of ['satchel.db', 'state.db']) {
      assert.equal(files.filter((file) => file === `${shop.folder}/${name}`).length, 1, name);
    }
  });

  test('to nothing else', () => {
    assert.match(notes, /The shop opens no other connection/);
    const files = globSync('src/**/*.ts', { cwd: ROOT });
    const ofServer = files.map((file) => [file, readFileSync(`${ROOT}${file}`, 'utf8')] as const);
    const connecting = ofServer.filter(([, text]) => /\bnew (Redis|Cluster)\(/.test(text));
    assert.deepEqual(
      connecting.map(([file]) => file),
      ['src/store/redis/transport/connection.ts'],
    );
    // Of these modules only the parts that open no connection are imported.
    const network = /import ([^;]*?) from 'node:(?:net|tls|http|https|http2|dgram|dns)(?:\/\w+)?'/g;
    const parts =
      /^(type \{.*\}|\{ *((BlockList|isIP|isIPv4|isIPv6|STATUS_CODES|type \w+)(, )?)+ *\})$/;
    for (const [file, text] of ofServer) {
      for (const [, imported = ''] of text.matchAll(network)) assert.match(imported, parts, file);
      assert.doesNotMatch(text, /from 'undici'|\bfetch\(|\bnew (WebSocket|EventSource)\(/, file);
    }
  });
});

/** What this process has open. The descriptor of the folder itself is closed when it is looked up. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return [];
    }
  });
}
