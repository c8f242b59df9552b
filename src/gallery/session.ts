import { asFlaskSession, asText } from '../main/flask-session.ts';
import { setForm } from '../main/session-page.ts';
import { entry, type Entries, type Entry } from './entry.ts';
import { ada, signedIn } from './people.ts';

type Variables = [key: string, value: string][];

interface Differences {
  variables?: Variables;
  /** Sealed under an old secret. */
  stale?: boolean;
  /** The cookie is secure and outlives the browser. */
  kept?: boolean;
  values?: object;
  errors?: Record<string, string>;
  got?: string;
}

const NOON = Date.UTC(2026, 2, 14, 12);
const DAY = 86_400_000;
const asInTheArticle: Variables = [['redis_test', 'This is a session variable.']];
const longestVariables: Variables = Array.from({ length: 50 }, (_, n) => [
  `${'a_name_without_a_blank_'.repeat(2).slice(0, 38)}${String(n).padStart(2, '0')}`,
  'far away from home '.repeat(27).slice(0, 500),
]);

export const sessionEntries: Entries = {
  'the-session': session({}),
  'the-session-kept-for-long': session({ kept: true }),
  'the-session-without-a-variable': session({ variables: [] }),
  'the-session-of-the-longest-variables': session({ variables: longestVariables }),
  'the-session-under-an-old-secret': session({ stale: true }),
  'a-variable-that-was-got': session({
    values: { get: 'redis_test' },
    got: 'This is a session variable.',
  }),
  'a-variable-that-is-not-there': session({ values: { get: 'nothing' } }),
  'variables-with-mistakes': session({
    values: { key: '2nd', value: 'x', pop: '?' },
    errors: {
      key: setForm.fields.key.message,
      pop: setForm.fields.key.message,
    },
  }),
};

function session(differences: Differences): Entry {
  const { variables = asInTheArticle, stale = false, kept = false } = differences;
  const { values = {}, errors = {}, got } = differences;
  const properties: [string, unknown][] = [
    ['created', NOON],
    ['csrf', 'qN3vKw…'],
    ['owner', 'user-made-up'],
    ['passport', ada.id],
  ];
  const flask = asFlaskSession([...variables, ...properties]);
  return entry('main/session', {
    title: 'Session',
    fields: setForm.fields,
    path: '/session',
    ...signedIn(ada),
    variables,
    values,
    errors,
    got,
    browser: {
      name: kept ? '__Host-satchel' : 'satchel-3000',
      path: '/',
      secure: kept,
      id: 'c4ptEo',
      signature: 'h0MgwV',
      expires: kept ? NOON + 14 * DAY : null,
    },
    store: {
      prefix: 'session:',
      hash: '9f86d081884c7d65'.repeat(4),
      owner: 'user-made-up',
      began: NOON,
      idleEnd: NOON + 14 * DAY,
      absoluteEnd: NOON + 90 * DAY,
      fields: [
        ...variables.map(([name, value]) => sealed(['variables', name], value, stale)),
        ...properties.map(([name, value]) => sealed([name], value, stale)),
      ],
    },
    knownDeviceCookie: kept ? '__Host-known' : 'known-3000',
    flask: { hex: flask.toString('hex'), text: asText(flask) },
    cost: {
      milliseconds: 0.31,
      commands: [
        {
          name: 'session-load',
          milliseconds: 0.31,
          does: 'Loads the session with what belongs to you, and extends it.',
        },
      ],
    },
  });
}

function sealed(path: [string, string?], value: unknown, stale: boolean) {
  const text = JSON.stringify(value);
  const parts = ['7f', '00112233445566778899aabb', 'c0ffee00'.repeat(4), 'd1'.repeat(text.length)];
  return { name: 'mQ3dJx0sT9bYk2LwVn8aPe', path, value: text, parts, stale };
}
