import type { FastifyRequest } from 'fastify';
import type { InspectedField } from '../state/contract.ts';
import { asFlaskSession, asText } from './flask-session.ts';

/** So much of a secret is shown, in characters: enough to recognise it, far too little to use or to guess it. */
const SHOWN = 6;

/** A screenshot must not carry what makes this session's forms valid. */
const SECRET_PROPERTY = 'csrf';

/** What the trips of this page are for. */
const purposes: Record<string, string> = {
  'session-load': 'Loads the session, moves its end and brings your cart along.',
  'owner-view': 'Brings your cart, from another server of the cluster.',
  'session-reseal': 'Seals anew what an old secret had sealed.',
  'session-write': 'Writes what changed.',
};

/** One's own session from all sides, for a page that may be photographed. The route asks for the inspection. */
export function describeSession(request: FastifyRequest) {
  const { sessionHash, trips } = request;
  const { key, fields, ...inspection } = request.inspection!;
  const shown = fields.map(withoutSecret).sort(byPath);
  const flask = asFlaskSession(shown.map(({ path, value }) => [path.at(-1)!, value]));
  return {
    browser: describeCookie(request),
    store: {
      ...inspection,
      prefix: key.slice(0, -sessionHash.length),
      hash: sessionHash,
      fields: shown.map(({ name, path, value, sealed, stale }) => ({
        name,
        path,
        value: JSON.stringify(value),
        parts: Object.values(sealed).map((bytes: Buffer) => bytes.toString('hex')),
        stale,
      })),
    },
    flask: { hex: flask.toString('hex'), text: asText(flask) },
    cost: {
      milliseconds: trips.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
      commands: trips.map(({ command, milliseconds }) => ({
        name: command,
        milliseconds,
        does: purposes[command],
      })),
    },
  };
}

function describeCookie({ server, cookies, session }: FastifyRequest) {
  const { sessionCookie, lifetimes } = server;
  const [id = '', signature = ''] = cookies[sessionCookie.name]?.split('.') ?? [];
  return {
    ...sessionCookie,
    id: id.slice(0, SHOWN),
    signature: signature.slice(0, SHOWN),
    expires: session.remember ? (session.issued ?? 0) + lifetimes.sessionIdle : null,
  };
}

function withoutSecret(field: InspectedField): InspectedField {
  if (field.path[0] !== SECRET_PROPERTY) return field;
  return { ...field, value: `${String(field.value).slice(0, SHOWN)}…` };
}

/** Variables first, since one's own are easiest to recognise. */
function byPath(a: InspectedField, b: InspectedField): number {
  return b.path.length - a.path.length || (a.path.join() < b.path.join() ? -1 : 1);
}
