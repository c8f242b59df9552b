import { randomBytes } from 'node:crypto';

/**
 * The person or browser that sessions and other data belong to. It is part of store keys, so it contains no
 * personal data.
 */
export type Owner = `user-${string}` | `guest-${string}`;

/** Returns the owner that stands for a user, on all their devices. */
export function ownerOf(user: { id: string }): Owner {
  return `user-${user.id}`;
}

/** Returns a new owner for a browser in which nobody is signed in: 128 random bits, so that nobody can guess it. */
export function newGuest(): Owner {
  return `guest-${randomBytes(16).toString('base64url')}`;
}
