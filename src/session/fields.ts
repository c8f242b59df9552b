import type { Session } from 'fastify';
import type { SessionChanges, SessionFields } from '../store/contract/sessions.ts';

/** The properties of a loaded session that are not stored. */
export const NOT_STORED = ['cookie', 'loaded', 'toJSON'];

/** Returns the properties of a session that are stored. */
export function fieldsOf(session: Session): SessionFields {
  const properties = Object.entries(session) as [string, unknown][];
  return Object.fromEntries(
    properties.filter(([name, value]) => value !== undefined && !NOT_STORED.includes(name)),
  );
}

/** Returns each property in JSON, as the store holds it. */
export function jsonOf(fields: SessionFields): Map<string, string> {
  return new Map(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
}

/**
 * Compares the fields with what is stored.
 * @returns null when the store already holds everything
 */
export function changesOf(
  stored: ReadonlyMap<string, string>,
  fields: SessionFields,
): SessionChanges | null {
  const { variables = {}, ...properties } = fields;
  const before = JSON.parse(stored.get('variables') ?? '{}') as Record<string, string>;

  const changes: SessionChanges = {
    set: Object.fromEntries(
      Object.entries(properties).filter(
        ([name, value]) => stored.get(name) !== JSON.stringify(value),
      ),
    ),
    remove: [...stored.keys()].filter((name) => name !== 'variables' && !(name in properties)),
    variables: {
      set: Object.fromEntries(
        Object.entries(variables).filter(([name, value]) => before[name] !== value),
      ),
      remove: Object.keys(before).filter((name) => !Object.hasOwn(variables, name)),
    },
  };
  // A device is listed under its owner, so the store needs both when one of them changes.
  if (changes.set.device || changes.set.owner) {
    const { owner, device } = fields;
    Object.assign(changes.set, { ...(owner && { owner }), ...(device && { device }) });
  }

  const count =
    Object.keys(changes.set).length +
    changes.remove.length +
    Object.keys(changes.variables.set).length +
    changes.variables.remove.length;
  return count > 0 ? changes : null;
}
