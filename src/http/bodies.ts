import { parse } from 'node:querystring';
import formbody from '@fastify/formbody';
import plugin from 'fastify-plugin';
import { COMMON_FIELDS, type Form } from '../lib/forms/form.ts';
import { Problem } from '../lib/problem.ts';

/** The largest number of fields in a form. */
const MOST_FIELDS = 100;
const FORM = 'application/x-www-form-urlencoded';

/** Reads the bodies of requests. Only forms and JSON are allowed. */
export default plugin(
  async (app) => {
    app.removeAllContentTypeParsers();
    await app.register(formbody, { parser: readForm });

    const readJson = app.getDefaultJsonParser('error', 'error');
    app.addContentTypeParser<string>(
      'application/json',
      { parseAs: 'string' },
      (request, text, done) => {
        void readJson(request, text, (error, value) => {
          done(error ?? (hasDuplicateNames(text) ? new Problem('bad-request') : null), value);
        });
      },
    );

    // Browser extensions and firewalls add fields to the forms of a page, and the person can do nothing about it. JSON
    // is written by programs: there an unknown field is a mistake, and is refused.
    app.addHook('preValidation', (request, _reply, done) => {
      if (request.method === 'POST' && request.mediaType === FORM) {
        const { form } = request.routeOptions.config;
        if (form) request.body = knownFields(form, request.body as Record<string, unknown>);
      }
      done();
    });
  },
  { name: 'bodies' },
);

function knownFields({ fields }: Form, body: Record<string, unknown>): Record<string, unknown> {
  const names = [...Object.keys(fields), ...COMMON_FIELDS].filter((name) =>
    Object.hasOwn(body, name),
  );
  return Object.fromEntries(names.map((name) => [name, body[name]]));
}

function readForm(text: string) {
  if (text.split('&', MOST_FIELDS + 1).length > MOST_FIELDS) throw new Problem('too-large');
  return parse(text);
}

/**
 * Returns true when one object of this JSON has the same name twice. `JSON.parse` would keep the last value, while a
 * program in front of the app may have checked the first.
 */
function hasDuplicateNames(json: string): boolean {
  const objects: Set<string>[] = [];
  for (const [token, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (colon) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const names = objects.at(-1)!;
      if (names.has(name)) return true;
      names.add(name);
    }
  }
  return false;
}
