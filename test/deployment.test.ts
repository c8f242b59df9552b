import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Browser, newPerson } from './support/browser.ts';
import { temporaryFolder } from './support/folder.ts';
import { startRedis } from './support/redis-server.ts';
import { openShop } from './support/shop.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');

suite('docker compose', () => {
  const compose = read('docker-compose.yml');
  const services = new Map(
    compose
      .slice(compose.indexOf('services:'), compose.indexOf('\nvolumes:'))
      .split(/^  (?=\w+:$)/m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf(':')), text]),
  );

  test('starts every service read-only, without capabilities, unable to gain any', () => {
    assert.deepEqual([...services.keys()], ['app', 'redis', 'secrets']);
    for (const [name, service] of services) {
      assert.match(service, /^    read_only: true$/m, name);
      assert.match(service, /^    cap_drop: \[ALL\]$/m, name);
      assert.match(service, /^    security_opt: \[no-new-privileges:true\]$/m, name);
    }
    assert.match(read('Dockerfile'), /^USER node$/m);
    assert.match(services.get('redis')!, /^    user: redis$/m);
  });

  test('gives the shop’s kernel few tries, so that a stream of a cut-off phone is given up', () => {
    assert.match(services.get('app')!, /^    sysctls: \{ net\.ipv4\.tcp_retries2: 4 \}$/m);
  });

  test('opens one port, to this machine alone: people come through TLS', () => {
    assert.equal(compose.match(/^ +ports:/gm)?.length, 1);
    assert.match(services.get('app')!, /ports: \['\$\{PUBLISH_ADDRESS:-127\.0\.0\.1\}:/);
  });

  test('holds no secret itself, and lets those who need them read them', () => {
    assert.doesNotMatch(compose, /(SECRET_KEY|REDIS_PASSWORD)[=:] *['"]?\w/);
    assert.match(services.get('secrets')!, /umask 027/);
    for (const name of ['app', 'redis']) {
      assert.match(services.get(name)!, /secrets:\/run\/satchel:ro/, name);
    }
  });

  suite('gives the shop an account of its Redis', () => {
    const rules = /user default (.+) #\$\$hash/.exec(compose)![1]!.split(' ');
    const password = 'the password of these tests';
    const lockedRedis = async () => {
      const redis = await startRedis();
      const admin = new Redis(redis.url);
      await admin.acl('SETUSER', 'default', 'reset', `>${password}`, ...rules);
      admin.disconnect();
      return redis;
    };
    const urlOf = (port: number, word: string) =>
      `redis://:${encodeURIComponent(word)}@127.0.0.1:${port}`;

    test('that is enough for all the shop does', async () => {
      await using redis = await lockedRedis();
      await using shop = await openShop('sqlite', { REDIS_URL: urlOf(redis.port, password) });
      const [laptop, phone, ada] = [new Browser(shop), new Browser(shop), newPerson()];
      await laptop.add('field-satchel', 2);
      await laptop.signUp(ada);
      await phone.signIn(ada);
      await phone.add('market-net');
      assert.deepEqual(await laptop.lines(), { 'field-satchel': 2, 'market-net': 1 });
      assert.equal((await laptop.get('/devices')).status, 200);
      assert.equal((await laptop.submit('/transfer', '/transfer')).status, 200);
      await shop.app.store.events.watch('user-somebody', () => {});
      assert.equal((await shop.app.store.sessions.countStale()).sessions, 2);
      await shop.app.store.links.endAll();
      assert.equal((await phone.signOut()).status, 303);
      const { password: word } = ada;
      await laptop.submit('/account', '/account/delete', { password: word });
      assert.equal(await laptop.isSignedIn(), false);
    });

    test('that has no command to empty it, to list it at once or to reconfigure it', async () => {
      await using redis = await lockedRedis();
      await using stack = new AsyncDisposableStack();
      const client = stack.adopt(new Redis(urlOf(redis.port, password)), (it) => it.disconnect());
      for (const command of [
        ['FLUSHALL'],
        ['KEYS', '*'],
        ['CONFIG', 'SET', 'dir', '/tmp'],
        ['SAVE'],
        ['SHUTDOWN', 'NOSAVE'],
        ['REPLICAOF', '127.0.0.1', '1'],
        ['ACL', 'LIST'],
        ['MONITOR'],
      ]) {
        const [name = '', ...args] = command;
        await assert.rejects(client.call(name, ...args), /NOPERM/, name);
      }
    });

    test('that takes a password: without the right one the shop is not ready', async () => {
      await using redis = await lockedRedis();
      for (const url of [redis.url, urlOf(redis.port, 'another')]) {
        await using shop = await openShop('sqlite', { REDIS_URL: url });
        assert.equal((await new Browser(shop).get('/readyz')).status, 503);
      }
    });
  });
});

suite('the image', () => {
  const dockerfile = read('Dockerfile');

  test('gets what is named and nothing else: no tests, no settings, no history', () => {
    const [all, ...kept] = read('.dockerignore')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    assert.equal(all, '*');
    for (const name of kept) assert.doesNotMatch(name, /env|data|\.git|test|e2e|bench|docs/);
    const [, final = ''] = dockerfile.split(/^FROM node:\S+$/m).slice(-2);
    assert.match(final, /^COPY --from=dependencies \/app\/node_modules node_modules$/m);
    assert.match(dockerfile, /^RUN npm ci --omit=dev$/m);
    assert.match(dockerfile, /^ENV npm_config_ignore_scripts=true/m);
  });

  test('gets everything that its build reads', async () => {
    await using folder = await temporaryFolder();
    const kept = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    for (const name of kept) await cp(`${ROOT}${name}`, folder.file(name), { recursive: true });
    await symlink(`${ROOT}node_modules`, folder.file('node_modules'));
    const run = promisify(execFile);
    await run('npm', ['run', 'build'], { cwd: folder.file('.') });
    assert.ok(existsSync(folder.file('dist/assets')));
    for (const [, source = ''] of dockerfile.matchAll(/^COPY (?!--from|\.)(.+) \S+$/gm)) {
      for (const name of source.split(' ')) assert.ok(existsSync(folder.file(name)), name);
    }
  });

  test('needs no package that is for development only', () => {
    const { dependencies } = JSON.parse(read('package.json')) as Packages;
    // With --dev this file is loaded by import(). Nothing else may import it.
    const forDevelopment = 'src/rendering/vite-sources.ts';
    const files = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) => file !== forDevelopment);
    assert.ok(files.length > 100);
    for (const file of files) {
      for (const [, name = ''] of read(file).matchAll(
        /^(?:import|export) [^;]*?from '([^']+)'/gm,
      )) {
        if (name.startsWith('.')) assert.notEqual(join(file, '..', name), forDevelopment, file);
        if (name.startsWith('node:') || name.startsWith('.')) continue;
        const [scope, rest] = name.split('/');
        const asked = name.startsWith('@') ? `${scope}/${rest}` : scope!;
        assert.ok(asked in dependencies!, `${file} imports ${name}`);
        assert.ok(!builtinModules.includes(asked), `${file} imports ${name} without node:`);
      }
    }
  });

  test('has its list of parts made from the lock file (CycloneDX)', async () => {
    const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, maxBuffer: 2 ** 24 });
    const { bomFormat, components } = JSON.parse(stdout) as Sbom;
    assert.equal(bomFormat, 'CycloneDX');
    const names = new Set(components.map(({ name }) => name));
    const { dependencies } = JSON.parse(read('package.json')) as Packages;
    for (const name of Object.keys(dependencies!)) assert.ok(names.has(name), name);
    for (const { name, hashes } of components) assert.equal(hashes?.[0]?.alg, 'SHA-512', name);
  });
});

/** Of a package without an address, npm asks the registry that it is set to. The hash says which content may come. */
const REGISTRY = 'https://registry.npmjs.org/';

suite('the packages', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, Locked>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  test('are each locked to a version and the hash of its content', () => {
    const { dependencies, devDependencies } = packages['']!;
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(range, /^\d+\.\d+\.\d+$/, name);
    }
    for (const [path, { integrity }] of installed) assert.match(integrity!, /^sha512-/, path);
  });

  test('come from the registry alone: from no other address, repository or folder', () => {
    assert.ok(installed.length > 100);
    for (const [path, { version, resolved, link }] of installed) {
      assert.match(version ?? '', /^\d+\.\d+\.\d+/, path);
      assert.match(resolved ?? REGISTRY, /^https:\/\/registry\.npmjs\.org\//, path);
      assert.equal(link, undefined, path);
    }
  });

  test('are installed as the list says, and the list of those that are comes with them', () => {
    const list = JSON.parse(read('node_modules/.package-lock.json')) as {
      packages: Record<string, Locked>;
    };
    const found = Object.entries(list.packages);
    assert.ok(found.length > 100);
    for (const [path, { version, integrity }] of found) {
      const { version: listed, integrity: hash } = packages[path] ?? {};
      assert.deepEqual([version, integrity], [listed, hash], path);
    }
    const folders = globSync('node_modules/{*,@*/*}/package.json', { cwd: ROOT });
    for (const file of folders) assert.ok(file.replace('/package.json', '') in list.packages, file);
  });

  /** The first release without a hole that is known. */
  const mended: Record<string, string> = {
    '@fastify/csrf-protection': '6.3.0', // CVE-2023-27495
    '@fastify/passport': '2.3.0', // CVE-2023-29019
    '@fastify/session': '10.9.0', // CVE-2024-35220
    cookie: '0.7.0', // CVE-2024-47764
    'drizzle-orm': '0.45.2', // CVE-2026-39356
    eta: '2.0.0', // CVE-2022-25967
    fastify: '5.8.3', // CVE-2026-3635
    'find-my-way': '9.0.1', // CVE-2024-45813
  };
  for (const [name, version] of Object.entries(mended)) {
    test(`hold no ${name} with a known hole`, () => {
      const found = installed.filter(([path]) => path.endsWith(`node_modules/${name}`));
      assert.notEqual(found.length, 0);
      for (const [path, { version: is }] of found) assert.ok(isAtLeast(is!, version), path);
    });
  }
});

interface Locked {
  version?: string;
  integrity?: string;
  /** Absent where npm leaves out addresses of its registry. Any other source is always named. */
  resolved?: string;
  /** True for a folder. */
  link?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

type Packages = Pick<Locked, 'dependencies'>;

interface Sbom {
  bomFormat: string;
  components: { name: string; hashes?: { alg: string }[] }[];
}

function isAtLeast(version: string, least: string): boolean {
  const order = new Intl.Collator('en', { numeric: true });
  return order.compare(version, least) >= 0;
}
