import type { FastifyRequest } from 'fastify';
import type { InspectedField } from '../store/contract/inspection.ts';
import type { Owner } from '../store/contract/owner.ts';
import { asFlaskSession, asText } from './flask-session.ts';

/** One session from all sides, as the session page shows it. */
export interface SessionDescription {
  browser: {
    name: string;
    path: string;
    secure: boolean;
    /** The beginning of the id. */
    id: string;
    /** The beginning of the signature. */
    signature: string;
    /** When the cookie expires, in milliseconds; null when it ends with the browser. */
    expires: number | null;
  };
  store: {
    prefix: string;
    hash: string;
    owner: Owner | null;
    began: number;
    idleEnd: number;
    absoluteEnd: number;
    fields: DescribedField[];
  };
  /** The name of the cookie that marks a browser in which a user has signed in. */
  knownDeviceCookie: string;
  /** What Flask-Session would store instead. */
  flask: { hex: string; text: string };
  cost: {
    milliseconds: number;
    commands: { name: string; milliseconds: number; does: string | undefined }[];
  };
}

interface DescribedField {
  name: string;
  path: [property: string, variable?: string];
  /** In JSON. */
  value: string;
  /** Key id, nonce, tag and ciphertext, in hex. */
  parts: string[];
  stale: boolean;
}

/** How many characters of a secret are shown: enough to recognise it, too few to use it. */
const SHOWN = 6;

/** A screenshot of the page must not contain the secret that makes the forms of this session valid. */
const SECRET_PROPERTY = 'csrf';

/** What each round trip of the page is for. */
const purposes: Record<string, string> = {
  'session-load': 'Loads the session with what belongs to you, and extends it.',
  'owner-view': 'Loads what belongs to you, from another server of the cluster.',
  'session-reseal': 'Re-encrypts what was encrypted with an old secret.',
  'session-write': 'Writes what changed.',
};

/**
 * Describes the session of a request. It shows no secret in full, because people take screenshots. The route needs
 * `inspection` in its config.
 */
export function describeSession(request: FastifyRequest): SessionDescription {
  const { sessionHash, roundTrips } = request;
  const { key, fields, ...inspection } = request.inspection!;
  const shown = fields.map(withoutSecret).sort(byPath);
  const flask = asFlaskSession(shown.map(({ path, value }) => [path.at(-1)!, value]));
  return {
    browser: describeCookie(request),
    knownDeviceCookie: request.server.knownDevices.cookieName,
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
      milliseconds: roundTrips.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
      commands: roundTrips.map(({ command, milliseconds }) => ({
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

/** Variables come first, because people recognise their own. */
function byPath(a: InspectedField, b: InspectedField): number {
  return b.path.length - a.path.length || (a.path.join() < b.path.join() ? -1 : 1);
}
