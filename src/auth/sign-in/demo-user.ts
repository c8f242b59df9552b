import type { Users } from '../../database/users.ts';
import type { Passwords } from '../password/passwords.ts';

/** An account for trying the app. There is one only in development, and where the shop is open to this machine alone. */
export const demoUser = {
  name: 'Demo Traveller',
  email: 'demo@satchel.example',
  password: 'carry on luggage',
} as const;

export async function addDemoUser(users: Users, passwords: Passwords): Promise<void> {
  const { name, email, password } = demoUser;
  if (users.findByEmail(email)) return;
  await users.add({ name, email, website: null, passwordHash: await passwords.hash(password) });
}

/**
 * Removes the demo user of a database that now goes public, because everybody knows the password. A demo user with another password stays.
 */
export async function removeDemoUser(users: Users, passwords: Passwords): Promise<void> {
  const user = users.findByEmail(demoUser.email);
  if (user && (await passwords.verify(user.passwordHash, demoUser.password))) {
    await users.remove(user.id);
  }
}
