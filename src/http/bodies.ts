import { parse } from 'node:querystring';
import formbody from '@fastify/formbody';
import plugin from 'fastify-plugin';
import { Problem } from '../lib/problem.ts';

const MOST_FIELDS = 100;

/** What a request may bring along: a form or JSON, and nothing else. */
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
          done(error ?? (hasTwins(text) ? new Problem('bad-request') : null), value);
        });
      },
    );
  },
  { name: 'bodies' },
);

function readForm(text: string) {
  if (text.split('&', MOST_FIELDS + 1).length > MOST_FIELDS) throw new Problem('too-large');
  return parse(text);
}

/** Is a name given twice in one object of this JSON? JSON.parse keeps the last, other readers keep the first. */
function hasTwins(json: string): boolean {
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
