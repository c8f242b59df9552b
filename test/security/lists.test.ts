import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { attacks, faults, namedTests, requirements } from '../support/named-tests.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');

suite('test/security/asvs.json', () => {
  test('has each requirement once, and says how many are held', (t) => {
    assert.equal(new Set(requirements.map(({ id }) => id)).size, 241);
    assert.equal(requirements.length, 241);
    for (const level of [1, 2, 3]) {
      const counts = Object.entries(
        Object.groupBy(
          requirements.filter((requirement) => requirement.level === level),
          ({ state }) => state,
        ),
      ).map(([state, some]) => `${some.length} ${state}`);
      t.diagnostic(`level ${level}: ${counts.join(', ')}`);
    }
  });

  test('names a test for all that is held', () => {
    for (const { id, tests = [] } of requirements.filter(({ state }) => state === 'held')) {
      assert.notEqual(tests.length, 0, id);
    }
  });

  test('gives the reason where something is not held on purpose', () => {
    for (const { id, state, reason } of requirements) {
      const needed = state === 'deviation' || state === 'not-applicable';
      assert.equal(Boolean(reason), needed, id);
    }
  });
});

suite('test/security/attacks.json', () => {
  test('names a test for each attack', (t) => {
    assert.equal(new Set(attacks.map(({ id }) => id)).size, attacks.length);
    for (const { attack, tests } of attacks) assert.notEqual(tests.length, 0, attack);
    t.diagnostic(`${attacks.length} attacks`);
  });
});

suite('test/security/faults.json', () => {
  test('names a test for each fault, and a bench that exists', (t) => {
    assert.equal(new Set(faults.map(({ id }) => id)).size, faults.length);
    for (const { fault, tests, bench } of faults) {
      assert.notEqual(tests.length, 0, fault);
      if (bench) assert.ok(existsSync(`${ROOT}${bench}`), bench);
    }
    t.diagnostic(`${faults.length} faults`);
  });
});

/** The end of `npm test` checks that they ran and passed: see test/support/named-tests.ts. */
test('every test that these lists name exists', () => {
  for (const named of namedTests) {
    const [file = '', name = ''] = named.split(' > ');
    const source = read(file);
    const quoted = [`'${name}'`, `\`${name}\``];
    assert.ok(
      quoted.some((text) => source.includes(text)),
      `${named} does not exist`,
    );
  }
});

suite('the source', () => {
  const server = sources('src/**/*.ts');

  test('the server encrypts with AES-256-GCM alone, by Node itself', () => {
    const ciphers = server.filter(([, text]) => /createCipher/.test(text)).map(([file]) => file);
    assert.deepEqual(ciphers, ['src/store/sealing/keyring.ts']);
    assert.match(read('src/store/sealing/keyring.ts'), /^const CIPHER = 'aes-256-gcm';$/m);
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: object };
    const others = Object.keys(dependencies).filter((name) =>
      /crypt|argon|sodium|noble|jose|jsonwebtoken|hash/i.test(name),
    );
    assert.deepEqual(others, ['@node-rs/argon2']);
  });

  test('the server hashes with SHA-256 alone', () => {
    const call = /\b(?:createHash|createHmac|hkdf\w*|pbkdf2\w*)\(([^,)]*)|\bhash\(('[^']*')/g;
    const algorithms = server.flatMap(([, text]) =>
      Array.from(text.matchAll(call), ([, one, other]) => one ?? other),
    );
    assert.ok(algorithms.length > 8);
    assert.deepEqual(new Set(algorithms), new Set(["'sha256'"]));
    for (const [file, text] of server) assert.doesNotMatch(text, /\.subtle\b|webcrypto/, file);
  });

  test('the server compares signatures in a time that does not say how much of them is right', () => {
    const comparing = server.filter(([, text]) => /timingSafeEqual\(/.test(text));
    assert.deepEqual(comparing.map(([file]) => file).sort(), [
      'src/auth/sign-in/known-device.ts',
      'src/session/speed/cookie-signer.ts',
    ]);
    for (const [file, text] of comparing) {
      assert.doesNotMatch(text, /\.(equals|compare|startsWith|endsWith)\(/, file);
    }
  });

  test('templates print as it is only what they are made of themselves', () => {
    for (const [file, text] of sources('views/**/*.eta')) {
      for (const [, printed = ''] of text.matchAll(/<%~\s*(.*)/g)) {
        assert.match(printed, /^(include\(|it\.body %>)/, file);
      }
    }
  });
});

function sources(pattern: string): [file: string, text: string][] {
  const files = globSync(pattern, { cwd: ROOT });
  assert.notEqual(files.length, 0, pattern);
  return files.map((file) => [file, read(file)]);
}
