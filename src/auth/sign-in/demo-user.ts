import type { Users } from '../../database/users.ts';
import { theShop, type Passwords } from '../password/passwords.ts';

/** An account for trying the app. There is one only in development, and where the shop is open to this machine alone. */
export const demoUser = {
  name: 'Demo Traveller',
  email: 'demo@satchel.example',
  password: 'carry on luggage',
} as const;

export async function addDemoUser(users: Users, passwords: Passwords): Promise<void> {
  const { name, email, password } = demoUser;
  if (users.findByEmail(email)) return;
  const passwordHash = await passwords.hash(password, theShop);
  await users.add({ name, email, website: null, passwordHash, isDemo: true });
}

/**
 * Removes the demo user of a database that now goes public, because everybody knows the password. A demo user with
 * another password stays, and so does somebody who signed up with the same address.
 */
export async function removeDemoUser(users: Users, passwords: Passwords): Promise<void> {
  for (const { id, passwordHash } of users.listDemo()) {
    if (await passwords.verify(passwordHash, demoUser.password, theShop)) await users.remove(id);
  }
}
