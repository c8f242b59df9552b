import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { getTableColumns } from 'drizzle-orm';
import { emailForm, profileForm } from '../../src/auth/account/forms.ts';
import { currentPasswordField } from '../../src/auth/fields.ts';
import { passwordLength, ownWords } from '../../src/auth/password/password-rules.ts';
import { KEPT_FOR_KNOWN, MOST_RUNNING, MOST_WAITING } from '../../src/auth/password/hash-queue.ts';
import { COST } from '../../src/auth/password/passwords.ts';
import { MOST_KNOWN } from '../../src/auth/sign-in/known-device.ts';
import { logInForm, signUpForm } from '../../src/auth/sign-in/forms.ts';
import { LINK_LIFETIME } from '../../src/auth/transfer/transfer.ts';
import { users } from '../../src/database/schema.ts';
import { RETRY_AFTER_SECONDS } from '../../src/http/errors.ts';
import { userLimits } from '../../src/http/rate-limits.ts';
import type { ListedRoute } from '../../src/http/route-list.ts';
import { serverOptions } from '../../src/http/server-options.ts';
import type { FieldOnPage } from '../../src/lib/forms/form.ts';
import { MOST_VARIABLES } from '../../src/main/session-page.ts';
import { GRACE } from '../../src/operations/drain.ts';
import { securityEvents } from '../../src/operations/security-log.ts';
import { MOST_STREAMS } from '../../src/session/live/stream-limits.ts';
import { RE_AUTHENTICATION_LIFETIME } from '../../src/session/re-authentication.ts';
import { readConfig } from '../../src/settings/config.ts';
import { FIRST_VISIT_LIFETIME, MOST_SESSION_BYTES } from '../../src/store/backend.ts';
import { cartLimits } from '../../src/store/contract/carts.ts';
import { MOST_DEVICES } from '../../src/store/contract/sessions.ts';
import { failureLimits } from '../../src/store/contract/limits.ts';
import { TIMEOUTS_TO_OPEN } from '../../src/store/redis/transport/circuit-breaker.ts';
import {
  CONNECT_TIMEOUT,
  LONGEST_SILENCE,
  reconnectDelay,
} from '../../src/store/redis/transport/connection.ts';
import { COMMAND_TIMEOUT } from '../../src/store/redis/transport/timeout.ts';
import { BUSY_TIMEOUT } from '../../src/lib/sqlite/retry.ts';
import { day, hour, minute } from '../support/clock.ts';
import { listedRoutes } from '../support/routes.ts';
import { SECRET } from '../support/shop.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');
const server = globSync('src/**/*.ts', { cwd: ROOT });
const sections = new Map(
  read('docs/security.md')
    .split(/^## /m)
    .map((text) => [text.split('\n', 1)[0]!, text.replace(/\s+/g, ' ')]),
);

/** What stands in the first column of the tables of a section, between backticks. */
function named(section: string): string[] {
  const rows = sections.get(section)!.matchAll(/\| `([^`|]+)`(?:, `[^`]+`)* (?:\([^)]*\) )?\|/g);
  return [...rows].map(([, name = '']) => name);
}

function says(section: string, ...words: string[]): void {
  for (const word of words) assert.ok(sections.get(section)!.includes(word), `${section}: ${word}`);
}

/** The rows of the table of routes: the route, who may use it, and a note. */
const routeRows = read('docs/security.md')
  .split('\n')
  .filter((line) => /^\| `(GET|POST) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, route = '', who = '', note = '']) => ({ route: route.replaceAll('`', ''), who, note }));

const routeOf = ({ method, path }: ListedRoute) => `${method} ${path}`;

function whoMayUse({ config }: ListedRoute): string {
  const password = `password within ${RE_AUTHENTICATION_LIFETIME / minute} minutes`;
  return config.reAuthentication ? `${config.access}, ${password}` : String(config.access);
}

const isCurrentPassword = ({ autocomplete }: FieldOnPage) => autocomplete === 'current-password';

/** Modules have cryptography under several names, and Node has some of it without an import. */
const usesCryptography =
  /['"](node:)?crypto['"]|['"]@node-rs\/argon2['"]|\b(web)?crypto\.(subtle|randomUUID|getRandomValues)/i;

/** The length that a rule allows; the type of a schema does not tell. */
const most = (rule: object) => (rule as { maxLength: number }).maxLength;

suite('docs/security.md', () => {
  const config = readConfig({ SECRET_KEY: SECRET });

  test('says what may come in, with the lengths of the forms', () => {
    const { name, email, website } = signUpForm.properties;
    says(
      'What may come in',
      `not blank, ${most(name)} characters`,
      `with a dot, ${most(email)} at most`,
      `https://; ${most(website)} at most`,
      `${passwordLength.least} to ${passwordLength.most} characters`,
      `1 to ${most(currentPasswordField)} characters`,
      `${most(logInForm.properties.next)} at most; followed only`,
    );
    assert.equal(profileForm.properties.name, name);
    assert.equal(most(emailForm.properties.email), most(email));
    const fields = new Set(named('What may come in'));
    for (const field of Object.keys(signUpForm.properties)) {
      assert.ok(fields.has(field) || ['confirm', '_csrf', 'form'].includes(field), field);
    }
  });

  test('says what belongs together', () => {
    says('What may come in', 'What belongs together is checked together', 'nothing is reserved');
  });

  test('says how much and how often, with the numbers of the code', () => {
    const { delays, lifetime } = failureLimits;
    says(
      'How much, how often',
      `${config.limitPerAddress} a minute`,
      `${delays.filter((delay) => delay === 0).length + 1} free, then ${delays.find(Boolean)! / 1000} s, doubling to ${delays.at(-1)! / 1000} s`,
      `${cartLimits.quantity}, ${cartLimits.lines}`,
    );
    assert.deepEqual(
      [lifetime, cartLimits.undo, cartLimits.changeIds],
      [day, 10 * minute, 24 * hour],
    );
  });

  const { memoryCost, timeCost, parallelism } = COST;
  const { all, address, owner } = MOST_STREAMS;
  const numbers: [section: string, words: string][] = [
    ['How much, how often', `${MOST_RUNNING} at once, ${MOST_WAITING} wait, ${KEPT_FOR_KNOWN} of`],
    ['How much, how often', `| ${userLimits.passwords.most} a minute, right or wrong`],
    ['How much, how often', `| ${userLimits.email.most} an hour`],
    ['How much, how often', `| ${userLimits.links.most} in ten minutes`],
    ['How much, how often', `| ${MOST_KNOWN}; the oldest`],
    ['How much, how often', `sessions of a user | ${MOST_DEVICES};`],
    ['How much, how often', `size of a session | ${MOST_SESSION_BYTES / 1024} KB |`],
    ['How much, how often', `forgotten after ${FIRST_VISIT_LIFETIME / hour} hours`],
    [
      'How much, how often',
      `${failureLimits.together.filter((delay) => delay === 0).length + 1} free, then the same; ${failureLimits.mostOfOneSource} of each network`,
    ],
    ['How much, how often', `retry after ${RETRY_AFTER_SECONDS} s`],
    ['How much, how often', `session variables | ${MOST_VARIABLES} |`],
    ['How much, how often', `${all.toLocaleString('en')}, ${address}, ${owner}`],
    ['How much, how often', `once, ${LINK_LIFETIME / minute} minutes`],
    ['Passwords, and the ways in', `given within ${RE_AUTHENTICATION_LIFETIME / minute} minutes`],
    [
      'Passwords, and the ways in',
      `${memoryCost.toLocaleString('en')} KiB, ${timeCost} passes, ${parallelism} lane`,
    ],
    ['Passwords, and the ways in', ownWords.map((word) => `\`${word}\``).join(', ')],
    ['What it talks to', `command ${COMMAND_TIMEOUT} ms`],
    ['What it talks to', `connect ${CONNECT_TIMEOUT} ms`],
    ['What it talks to', `silent for ${LONGEST_SILENCE} ms is dropped`],
    ['What it talks to', `after ${TIMEOUTS_TO_OPEN} timeouts in a row one command a second`],
    ['What it talks to', `after ${reconnectDelay(0)} to ${reconnectDelay(99)} ms, without end`],
    ['What it talks to', `${BUSY_TIMEOUT} ms for a lock`],
    ['What it talks to', `open requests get ${GRACE / 1000} s`],
  ];
  for (const [section, words] of numbers) {
    test(`says “${words}”, as the code has it`, () => {
      says(section, words);
    });
  }

  test('says how long it waits for browsers', () => {
    const { http, requestTimeout, connectionTimeout } = serverOptions(config);
    says(
      'What it talks to',
      `headers ${http.headersTimeout / 1000} s, request ${requestTimeout / 1000} s, idle connection ${connectionTimeout / 1000} s`,
    );
  });

  test('says how long sessions and carts live, and how many there may be', () => {
    const { sessionIdle, sessionAbsolute, guestCart, userCart } = config.lifetimes;
    says(
      'Sessions',
      `ends ${sessionIdle / day} days after its last request`,
      `and ${sessionAbsolute / day} days after its beginning`,
      `on ${MOST_DEVICES} devices`,
      'a host of its own',
    );
    says('What is kept', `${guestCart / day} days (guest), ${userCart / day} (user)`);
  });

  test('names every way in, and there is no other', () => {
    const callers = (call: RegExp) => server.filter((file) => call.test(read(file))).sort();
    assert.deepEqual(callers(/session\.passport = /), ['src/auth/sign-in/sign-in.ts']);
    assert.deepEqual(callers(/await signIn\(/), [
      'src/auth/sign-in/log-in.ts',
      'src/auth/sign-in/sign-up.ts',
      'src/auth/transfer/transfer-accept.ts',
    ]);
    says('Passwords, and the ways in', 'log-in, sign-up, and the link');
  });

  test('says of every route who may use it', () => {
    assert.ok(listedRoutes.length > 30);
    const guarded = listedRoutes.map((route) => [routeOf(route), whoMayUse(route)] as const);
    assert.deepEqual(new Map(routeRows.map(({ route, who }) => [route, who])), new Map(guarded));
    assert.equal(routeRows.length, guarded.length);
  });

  test('says which forms of a user need the password', () => {
    const forms = listedRoutes.filter(({ config }) => config.access === 'users' && config.form);
    const needed = forms.filter(({ config }) =>
      Object.values(config.form!.fields).some(isCurrentPassword),
    );
    const said = routeRows.filter(({ note }) => note === 'with the password');
    assert.deepEqual(said.map(({ route }) => route).sort(), needed.map(routeOf).sort());
  });

  test('says of every field of a user who reads and who writes it', () => {
    const known = named('Who may do what').filter((name) => !/^(GET|POST) /.test(name));
    assert.deepEqual(known.sort(), Object.keys(getTableColumns(users)).sort());
  });

  test('says what is made of the surroundings of a request', () => {
    says('Who may do what', 'Besides the session, two things about a request matter');
  });

  test('lists every place that has to do with cryptography, how keys change, and what comes after', () => {
    const places = server.filter((file) => usesCryptography.test(read(file)));
    assert.deepEqual(named('Keys and ciphers').sort(), places.sort());
    says('Keys and ciphers', 'Change it every 90 days', 'quantum', 'X25519MLKEM768');
  });

  test('says what is kept, how, and until when', () => {
    for (const data of [
      'passwords',
      'session ids',
      'CSRF secrets',
      'name, e-mail',
      'carts',
      'addresses',
    ]) {
      says('What is kept', `| ${data}`);
    }
  });

  test('says what is heavy, what is risky, and how soon a hole is mended', () => {
    says(
      'What is heavy, and what is risky',
      'better-sqlite3 and @node-rs/argon2',
      'eta compiles',
      'within 7 days',
      'within 30',
      'within 90',
    );
  });

  test('lists every event of the log', () => {
    assert.deepEqual(named('What is logged').sort(), Object.keys(securityEvents).sort());
    const others = server.flatMap((file) => read(file).match(/\bevent: '[a-z]+_\w+'/g) ?? []);
    assert.ok(others.length > 8);
    for (const other of others) says('What is logged', `\`${other.split("'")[1]}\``);
    says('What is logged', 'UTC', 'on the standard output, nowhere else', 'Clocks: NTP');
  });

  test('says what a browser must be able to do, and what becomes of one that is not', () => {
    says('Browsers', 'Sec-Fetch-Site', 'Without TLS', 'Without JavaScript', 'no plug-ins');
  });

  test('says what is not held', () => {
    says('What is not held here', 'TLS', 'second factor', 'encrypts memory', 'hardware module');
  });
});
