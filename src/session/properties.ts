import type { Session } from 'fastify';

/** What the file with the user's data says about a property of the session. */
type ExportOf = ((value: unknown) => unknown) | { notExported: string };

/**
 * Every property that a session may have. In development and in tests, a property that is missing here cannot be saved,
 * so nobody can forget to decide whether users get it when they download their data.
 */
export const sessionProperties: Record<string, ExportOf> = {
  created: timeOf,
  issued: timeOf,
  reAuthenticatedAt: timeOf,
  remember: (remember) => remember === true,
  variables: (variables) => variables ?? {},
  device: { notExported: 'it is one of the devices' },
  owner: { notExported: 'it is the id of the account' },
  passport: { notExported: 'it is the id of the account' },
  passwordVersion: { notExported: 'it is the version in the account' },
  flash: { notExported: 'the next page shows it and deletes it' },
  arrival: { notExported: 'the next page shows it and deletes it' },
  csrf: { notExported: 'it is a secret' },
};

/** @throws {Error} for a property that is not declared */
export function requireDeclared(names: Iterable<string>): void {
  for (const name of names) {
    if (Object.hasOwn(sessionProperties, kindOf(name))) continue;
    throw new Error(`session.${name} is not declared in src/session/properties.ts.`);
  }
}

/** Returns what a user gets of their session. */
export function exportSession(session: Session): Record<string, unknown> {
  const values = session as unknown as Record<string, unknown>;
  const entries = Object.entries(sessionProperties).flatMap(([name, value]) =>
    typeof value === 'function' ? [[name, value(values[name])]] : [],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Several properties of one kind have names such as `arrival:<id>`. */
function kindOf(name: string): string {
  return name.split(':', 1)[0]!;
}

function timeOf(value: unknown): string | null {
  return typeof value === 'number' ? new Date(value).toISOString() : null;
}
