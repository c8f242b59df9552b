import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { parseEnv } from 'node:util';
import { ConfigError, readConfig } from '../../src/settings/config.ts';
import { day } from '../support/clock.ts';

const SECRET = 'a secret of these tests that is long enough';
const projectFile = (name: string) =>
  readFileSync(new URL(`../../${name}`, import.meta.url), { encoding: 'utf8' });

/** What a start with these settings is refused for. */
function problems(settings: NodeJS.ProcessEnv): string[] {
  try {
    readConfig({ SECRET_KEY: SECRET, ...settings });
  } catch (error) {
    assert.ok(error instanceof ConfigError, `not a sentence, but ${String(error)}`);
    return error.problems;
  }
  assert.fail('these settings were taken');
}

suite('settings', () => {
  test('each has a default', () => {
    assert.deepEqual(readConfig({ SECRET_KEY: SECRET }), {
      production: false,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: new URL('http://localhost:3000'),
      secure: false,
      databaseFile: resolve('data/satchel.db'),
      stateFile: resolve('data/state.db'),
      redisUrl: undefined,
      sentinel: { username: undefined, password: undefined },
      secrets: [SECRET],
      sessionKeyPrefix: 'session:',
      lifetimes: {
        sessionIdle: 14 * day,
        sessionAbsolute: 90 * day,
        guestCart: 30 * day,
        userCart: 365 * day,
      },
      trustProxy: [],
      limitPerAddress: 60,
      logLevel: 'info',
    });
  });

  test('an empty value counts as none', () => {
    const names = Object.keys(parseEnv(projectFile('.env.example')));
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    const expected = readConfig({ SECRET_KEY: SECRET });

    assert.deepEqual(readConfig({ ...empty, SECRET_KEY: SECRET }), expected);
  });

  test('.env.example lists every setting, with its default', () => {
    const declared = projectFile('src/settings/config.ts').matchAll(
      /^ {2}([A-Z_]+): (setting|duration)\(/gm,
    );
    const example = parseEnv(projectFile('.env.example'));

    assert.deepEqual(new Set(Object.keys(example)), new Set([...declared].map(([, name]) => name)));
    assert.deepEqual(
      readConfig({ ...example, SECRET_KEY: SECRET }),
      readConfig({ SECRET_KEY: SECRET }),
    );
  });

  test('DATA_DIR moves the files, DATABASE_URL the database alone', () => {
    const config = readConfig({
      SECRET_KEY: SECRET,
      DATA_DIR: '/srv/satchel',
      DATABASE_URL: 'file:/srv/shop.db',
    });

    assert.equal(config.databaseFile, '/srv/shop.db');
    assert.equal(config.stateFile, '/srv/satchel/state.db');
  });

  test('lifetimes are read in seconds, minutes, hours and days', () => {
    const { lifetimes } = readConfig({
      SECRET_KEY: SECRET,
      SESSION_IDLE_TTL: '90s',
      SESSION_ABSOLUTE_TTL: '15m',
      CART_GUEST_TTL: '2h',
      CART_USER_TTL: '3d',
    });

    assert.deepEqual(lifetimes, {
      sessionIdle: 90_000,
      sessionAbsolute: 900_000,
      guestCart: 7_200_000,
      userCart: 259_200_000,
    });
  });

  test('a list of secrets keeps its order: the first signs', () => {
    const [newer, older] = ['n'.repeat(32), 'o'.repeat(40)];
    const { secrets } = readConfig({ SECRET_KEY: `${newer},${older}` });

    assert.deepEqual(secrets, [newer, older]);
  });

  test('blanks around a secret are no part of it', () => {
    const [newer, older] = ['n'.repeat(32), 'o'.repeat(40)];
    const { secrets } = readConfig({ SECRET_KEY: ` ${newer} , ${older}\n` });

    assert.deepEqual(secrets, [newer, older]);
  });
});

const wrongValues: [name: string, value: string][] = [
  ['NODE_ENV', 'prod'],
  ['NODE_ENV', 'test'],
  ['HOST', 'my host'],
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '3000.5'],
  ['PUBLIC_URL', 'shop.example'],
  ['PUBLIC_URL', 'ftp://shop.example'],
  ['PUBLIC_URL', 'http://localhost/shop'],
  ['PUBLIC_URL', 'http://user@localhost'],
  ['PUBLIC_URL', 'http://my shop'],
  ['PUBLIC_URL', 'http://localhost:99999'],
  ['PORT', '0x10'],
  ['PORT', '1e3'],
  ['DATA_DIR', '~/data'],
  ['DATA_DIR', '~'],
  ['DATA_DIR', '$HOME/data'],
  ['DATA_DIR', '%APPDATA%/satchel'],
  ['DATA_DIR', '"./data"'],
  ['DATA_DIR', './data '],
  ['DATA_DIR', ' ./data'],
  ['DATA_DIR', './data\r'],
  ['DATABASE_URL', 'postgres://localhost/satchel'],
  ['DATABASE_URL', 'file:x.db?mode=rwc'],
  ['DATABASE_URL', 'file:x.db#main'],
  ['DATABASE_URL', 'file:~/x.db'],
  ['DATABASE_URL', 'file::memory:'],
  ['DATABASE_URL', 'file://localhost/srv/x.db'],
  ['DATABASE_URL', 'file:my%20data/x.db'],
  ['DATABASE_URL', 'file: ./x.db'],
  ['DATABASE_URL', 'FILE:x.db'],
  ['REDIS_URL', 'localhost:6379'],
  ['REDIS_URL', 'http://localhost:6379'],
  ['REDIS_URL', 'redis://localhost:99999'],
  ['SECRET_KEY', 's'.repeat(31)],
  ['SECRET_KEY', `${'s'.repeat(32)},short`],
  ['SECRET_KEY', ' '.repeat(32)],
  ['SECRET_KEY', `${'s'.repeat(31)} `],
  ['SECRET_KEY', `${'s'.repeat(32)}, ${'s'.repeat(31)}`],
  ['SESSION_KEY_PREFIX', 'a prefix'],
  ['SESSION_KEY_PREFIX', 'p'.repeat(65)],
  ['SESSION_IDLE_TTL', '14'],
  ['SESSION_IDLE_TTL', '0d'],
  ['SESSION_ABSOLUTE_TTL', '-1d'],
  ['CART_GUEST_TTL', '1.5h'],
  ['CART_USER_TTL', 'a year'],
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '1'],
  ['TRUST_PROXY', 'proxy.example'],
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['TRUST_PROXY', '10.0.0.0/8/8'],
  ['TRUST_PROXY', '10.0.0.0/8,true'],
  ['TRUST_PROXY', '0.0.0.0/0'],
  ['TRUST_PROXY', '0.0.0.0/1'],
  ['TRUST_PROXY', '0.0.0.0/1,128.0.0.0/1'],
  ['TRUST_PROXY', '64.0.0.0/3'],
  ['TRUST_PROXY', Array.from({ length: 32 }, (_, at) => `${at}.0.0.0/8`).join(',')],
  ['TRUST_PROXY', '::/0'],
  ['TRUST_PROXY', '::/1'],
  ['TRUST_PROXY', '2000::/3'],
  ['TRUST_PROXY', '2001::/16'],
  ['TRUST_PROXY', '::ffff:0:0/96'],
  ['TRUST_PROXY', '::ffff:0.0.0.0/97'],
  ['TRUST_PROXY', 'fe80::1%eth0'],
  ['TRUST_PROXY', '127.0.0.1,'],
  ['LIMIT_PER_ADDRESS', '-1'],
  ['LIMIT_PER_ADDRESS', 'many'],
  ['LOG_LEVEL', 'loud'],
];

test('a plain path is taken as it is', () => {
  for (const path of ['data', './data', '../my data', '/srv/satchel-1.2/data', '/srv/Täschchen']) {
    const settings = { SECRET_KEY: SECRET, DATA_DIR: path, DATABASE_URL: `file:${path}/shop.db` };
    const { stateFile, databaseFile } = readConfig(settings);
    assert.equal(stateFile, resolve(path, 'state.db'));
    assert.equal(databaseFile, resolve(path, 'shop.db'));
  }
  const { databaseFile } = readConfig({ SECRET_KEY: SECRET, DATABASE_URL: 'file:///srv/shop.db' });
  assert.equal(databaseFile, '/srv/shop.db');
});

suite('a wrong setting refuses the start', () => {
  test('the database cannot be in the file of the embedded store', () => {
    const [problem, ...more] = problems({ DATA_DIR: '/srv', DATABASE_URL: 'file:/srv/state.db' });
    assert.deepEqual(more, []);
    assert.match(problem!, /^DATABASE_URL must not be \/srv\/state\.db.* Example: DATABASE_URL=/);
  });

  for (const [name, value] of wrongValues) {
    test(`${name}=${value}: one sentence says which, why, and what works`, () => {
      const [problem, ...more] = problems({ [name]: value });

      assert.deepEqual(more, []);
      assert.match(
        problem!,
        new RegExp(`^${name} must [^\\n]{10,200}\\. Example: ${name}=[^\\s]+$`),
      );
    });
  }

  test('the example in the sentence works', () => {
    for (const [name, value] of wrongValues) {
      const example = /Example: [A-Z_]+=(\S+)$/.exec(problems({ [name]: value })[0]!)![1];
      const settings = { SECRET_KEY: SECRET, TRUST_PROXY: '127.0.0.1', [name]: example };

      assert.doesNotThrow(() => readConfig(settings), `${name}=${example}`);
    }
  });

  test('several wrong settings are named at once', () => {
    const all = problems({ PORT: 'http', LOG_LEVEL: 'loud', SESSION_IDLE_TTL: 'soon' });

    const names = all.map((problem) => problem.split(' ', 1)[0]);
    assert.deepEqual(new Set(names), new Set(['PORT', 'LOG_LEVEL', 'SESSION_IDLE_TTL']));
    assert.equal(all.length, 3);
  });

  test('the secret itself is never repeated', () => {
    assert.doesNotMatch(problems({ SECRET_KEY: 'tooshortbutsecret' }).join(), /tooshortbutsecret/);
  });
});

suite('in production', () => {
  const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://shop.example' };

  test('a secret is demanded', () => {
    const [problem] = problems({ ...production, TRUST_PROXY: '127.0.0.1', SECRET_KEY: '' });

    assert.match(problem!, /^SECRET_KEY is missing.*openssl rand -hex 32.*Example: SECRET_KEY=/);
  });

  test('the secret of the example is refused, for everybody knows it', () => {
    const [sentence] = problems({ SECRET_KEY: 'short' });
    const example = /Example: SECRET_KEY=(\S+)$/.exec(sentence!)![1]!;

    for (const known of example.split(',')) {
      const settings = { ...production, TRUST_PROXY: '127.0.0.1' };
      const [problem] = problems({ ...settings, SECRET_KEY: `${SECRET}, ${known}` });

      assert.match(problem!, /^SECRET_KEY is the example.*openssl rand -hex 32/);
    }
  });

  const [sentence] = problems({ SECRET_KEY: 'short' });
  const [, known = ''] = /Example: SECRET_KEY=([^,]+)/.exec(sentence!)!;
  const guessable: [what: string, secret: string][] = [
    ['one letter', 's'.repeat(32)],
    ['two letters in turn', 'ab'.repeat(16)],
    ['a repeated word', 'password'.repeat(4)],
    ['a repeated word in capitals', 'Satchel-Satchel-Satchel-Satchel-Satchel'],
    ['a few repeated words', 'correct horse correct horse correct horse'],
    ['a row of digits', '12345678901234567890123456789012'],
    ['all letters in order', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['all hexadecimal digits twice', '0123456789abcdef0123456789abcdef'],
    ['a walk over the keyboard', 'qwertyuiopasdfghjklzxcvbnm1234567890'],
    ['eight random characters, repeated', 'x7Kp2mQz'.repeat(4)],
    ['a secret among good ones', `${SECRET},${'s'.repeat(32)}`],
  ];
  for (const [what, secret] of guessable) {
    test(`a secret of ${what} is refused in one sentence, and is fine in development`, () => {
      const found = problems({ ...production, TRUST_PROXY: '127.0.0.1', SECRET_KEY: secret });

      assert.equal(found.length, 1);
      assert.match(found[0]!, /^SECRET_KEY can be guessed.*openssl rand -hex 32/);
      assert.equal(readConfig({ SECRET_KEY: secret }).production, false);
    });
  }

  const changed: [how: string, secret: string][] = [
    ['without its first letter', known.slice(1)],
    ['without its last letter', known.slice(0, -1)],
    ['without a letter in it', known.slice(0, 9) + known.slice(10)],
    ['in capitals', known.toUpperCase()],
    ['with another number', known.replace(/\d+/, '64')],
    ['with blanks', known.replaceAll('-', ' ')],
    ['with something around it', `my-${known}-2026`],
    ['twice', known + known],
  ];
  for (const [how, secret] of changed) {
    test(`the secret of the example ${how} is refused`, () => {
      const settings = { ...production, TRUST_PROXY: '127.0.0.1', SECRET_KEY: secret };

      assert.match(problems(settings).join(), /^SECRET_KEY is the example/);
    });
  }

  test('a random secret is taken, in any notation', () => {
    const settings = { ...production, TRUST_PROXY: '127.0.0.1' };
    for (let n = 0; n < 200; n += 1) {
      for (const encoding of ['hex', 'base64url'] as const) {
        const SECRET_KEY = randomBytes(24).toString(encoding);
        assert.deepEqual(readConfig({ ...settings, SECRET_KEY }).secrets, [SECRET_KEY]);
      }
    }
  });

  test('a public address without TLS is refused', () => {
    const [problem] = problems({ NODE_ENV: 'production', PUBLIC_URL: 'http://shop.example' });

    assert.match(problem!, /^PUBLIC_URL must .*Example: PUBLIC_URL=https:\/\/shop\.example$/);
  });

  for (const host of ['localhost', 'shop.localhost', '127.0.0.1', '[::1]']) {
    test(`http://${host} is fine: it never leaves the machine`, () => {
      const settings = { NODE_ENV: 'production', PUBLIC_URL: `http://${host}:3000` };

      assert.equal(readConfig({ SECRET_KEY: SECRET, ...settings }).production, true);
    });
  }

  for (const host of ['localhost.example', '127.0.0.1.example', 'notlocalhost']) {
    test(`http://${host} only looks like this machine and is refused`, () => {
      const settings = { NODE_ENV: 'production', PUBLIC_URL: `http://${host}` };

      assert.match(problems(settings)[0]!, /^PUBLIC_URL must/);
    });
  }

  test('https without a trusted proxy is refused: no session would be saved', () => {
    const [problem] = problems(production);

    assert.match(problem!, /^TRUST_PROXY is missing.*Example: TRUST_PROXY=127\.0\.0\.1$/);
  });

  test('addresses and ranges of proxies are taken', () => {
    const ranges = [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '104.16.0.0/13',
      '127.0.0.1',
      '::1',
      'fc00::/7',
      '2a06:98c0::/29',
      '::ffff:10.0.0.0/104',
    ];
    const config = readConfig({
      ...production,
      SECRET_KEY: SECRET,
      TRUST_PROXY: ranges.join(', '),
    });

    assert.deepEqual(config.trustProxy, ranges);
  });
});

suite('the secret of a development shop', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'satchel-config-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('is made once and kept, so that a restart signs nobody out', () => {
    const first = readConfig({ DATA_DIR: folder });
    const second = readConfig({ DATA_DIR: folder });

    assert.match(first.secrets[0]!, /^[0-9a-f]{64}$/);
    assert.deepEqual(second.secrets, first.secrets);
  });

  test('is readable by its owner alone', () => {
    readConfig({ DATA_DIR: folder });

    assert.equal(statSync(join(folder, 'secret-key')).mode & 0o777, 0o600);
  });

  test('is not made where there is a SECRET_KEY', () => {
    readConfig({ DATA_DIR: join(folder, 'other'), SECRET_KEY: SECRET });

    assert.equal(existsSync(join(folder, 'other')), false);
  });

  for (const broken of ['', '\n', 's'.repeat(31)]) {
    test(`of ${broken.trim().length} characters in a file of ${broken.length} is refused`, () => {
      const DATA_DIR = join(folder, `broken-${broken.length}`);
      const file = join(DATA_DIR, 'secret-key');
      mkdirSync(DATA_DIR);
      writeFileSync(file, broken);

      const [problem, ...more] = problems({ SECRET_KEY: '', DATA_DIR });

      assert.deepEqual(more, []);
      assert.match(problem!, /^DATA_DIR has a broken secret: .* or set SECRET_KEY\. Example: rm /);
      assert.ok(problem!.endsWith(file));
    });
  }

  test('is not kept by half when the disk is full', (t) => {
    const DATA_DIR = join(folder, 'full');
    onWrite(t, (write, file) => {
      write(file, 'half');
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });

    assert.throws(() => readConfig({ DATA_DIR }), { code: 'ENOSPC' });
    assert.deepEqual(readdirSync(DATA_DIR), []);
  });

  test('is that of the process which was first, when two start at once', (t) => {
    const DATA_DIR = join(folder, 'two');
    onWrite(t, (write, file, text) => {
      write(join(DATA_DIR, 'secret-key'), SECRET);
      write(file, text);
    });

    assert.deepEqual(readConfig({ DATA_DIR }).secrets, [SECRET]);
    assert.deepEqual(readdirSync(DATA_DIR), ['secret-key']);
  });
});

type Write = (file: string, text: string) => void;

/** Does `instead` when the code under test writes a file. */
function onWrite(t: TestContext, instead: (write: Write, file: string, text: string) => void) {
  const write = fs.writeFileSync;
  t.after(syncBuiltinESMExports);
  t.after(() => t.mock.restoreAll());
  t.mock.method(fs, 'writeFileSync', (file: string, text: string) => instead(write, file, text));
  syncBuiltinESMExports();
}
