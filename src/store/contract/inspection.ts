import type { Owner } from './owner.ts';

/** One session as the store holds it, with its meaning. For the page on which people look at their own session. */
export interface SessionInspection {
  /** The store key of the record: the prefix, then the hash of the id. */
  key: string;
  /** Stored in plain text, so that one script can find what belongs to the owner. */
  owner: Owner | null;
  fields: InspectedField[];
  /** When the session began, in milliseconds. */
  began: number;
  /** When the record expires if no other request comes, in milliseconds. */
  idleEnd: number;
  /** When the session ends even if it is in use, in milliseconds. */
  absoluteEnd: number;
}

export interface InspectedField {
  /** The name of the field in the store. It reveals nothing about the property. */
  name: string;
  /** The property; for a session variable also the variable's name. */
  path: [property: string, variable?: string];
  value: unknown;
  sealed: SealedParts;
  /** True when it is sealed under an old secret. */
  stale: boolean;
}

/** The parts of sealed bytes, in the order in which they are stored. */
export interface SealedParts {
  /** One byte that names the secret. */
  keyId: Buffer;
  /** Random bytes that are never used twice. */
  nonce: Buffer;
  /** The authentication tag, which proves that nothing was changed. */
  tag: Buffer;
  ciphertext: Buffer;
}
