import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { errorAnswers } from '../../src/http/error-answers.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/redis-server.ts';
import { startServer } from '../support/server-process.ts';
import { SECRET } from '../support/shop.ts';
import { read } from './documents.ts';

const run = promisify(execFile);
const page = read('docs/api.md');

/** Commands, the status that the page says, where a redirect leads, and the answer as the page shows it. */
const EXAMPLE =
  /^```sh\n(.*?)\n```\n(?:\nAnswers `(\d+)`(?: to `(\S+)`)?[^\n]*\n(?:\n```(json|text)\n(.*?)\n```\n)?)?/gms;

interface Example {
  commands: string;
  status?: string;
  location?: string;
  kind?: 'json' | 'text';
  answer?: string;
}

const examples = Array.from(
  page.matchAll(EXAMPLE),
  ([, commands = '', status, location, kind, answer]): Example => ({
    commands,
    status,
    location,
    kind: kind as Example['kind'],
    answer,
  }),
);

const BOUNDARY = '--- the next example ---';
/** The origin that the page uses. */
const ORIGIN = 'http://localhost:3000';

/** Writes the status of each request, and where a redirect leads, to the standard error output. */
const REPORTING_CURL = `curl() { command curl --write-out '%{stderr}%{http_code} %{redirect_url}\\n' "$@"; }`;

suite('docs/api.md', () => {
  let bodies: string[];
  let statuses: string[];
  let origin: string;

  before(async () => {
    await using folder = await temporaryFolder();
    const port = await freePort();
    origin = `http://localhost:${port}`;
    await using server = await startServer({
      PORT: String(port),
      DATA_DIR: folder.file('data'),
      SECRET_KEY: SECRET,
    });
    const script = [
      REPORTING_CURL,
      ...examples.flatMap(({ commands }) => [
        commands.replaceAll(ORIGIN, origin),
        `echo; echo '${BOUNDARY}'; echo '${BOUNDARY}' >&2`,
      ]),
    ].join('\n');
    const { stdout, stderr } = await run('sh', ['-euc', script], { cwd: folder.file('.') });
    assert.ok(server.isRunning());
    bodies = stdout.split(BOUNDARY).map((text) => text.trim());
    statuses = stderr.split(BOUNDARY).map((text) => text.trim());
  });

  test('has examples', () => {
    assert.ok(examples.length > 12);
    assert.equal(
      page.match(/^Answers `/gm)?.length,
      examples.filter(({ status }) => status).length,
    );
  });

  for (const [at, { commands, status, location, kind, answer = '' }] of examples.entries()) {
    if (!status) continue;
    test(`says what is answered to: ${commands.split('\n').at(-1)!.trim()} (${at})`, () => {
      // One example may have several requests. The last one is the one that the page is about.
      const [gotStatus, gotLocation] = statuses[at]!.split('\n').at(-1)!.split(' ');
      assert.equal(gotStatus, status, bodies[at]);
      if (location) assert.equal(gotLocation, origin + location);
      if (kind === 'json') assertLike(JSON.parse(bodies[at]!), JSON.parse(answer), '');
      if (kind === 'text') assertLike(bodies[at], answer, '');
    });
  }

  test('lists every code with its status and title', () => {
    const rows = page.matchAll(/^\| `([\w-]+)` +\| (\d{3}) +\| (.+?) +\|$/gm);
    const listed = Array.from(rows, ([, code, status, title]) => [code, [Number(status), title]]);
    const known = Object.entries(errorAnswers).map(([code, { status, title }]) => [
      code,
      [status, title],
    ]);
    assert.deepEqual(Object.fromEntries(listed), Object.fromEntries(known));
  });
});

/** Compares an answer with the page, where "…" stands for any text or number. */
function assertLike(actual: unknown, expected: unknown, place: string): void {
  if (expected === '…') {
    assert.ok(['string', 'number'].includes(typeof actual), place);
  } else if (typeof expected === 'string') {
    const pattern = expected.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '.+');
    assert.match(String(actual), new RegExp(`^${pattern}$`), place);
  } else if (typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(actual as object).sort(), Object.keys(expected).sort(), place);
    for (const [name, value] of Object.entries(expected)) {
      assertLike((actual as Record<string, unknown>)[name], value, `${place}/${name}`);
    }
  } else {
    assert.equal(actual, expected, place);
  }
}
