import type { Users } from '../../database/users.ts';
import type { Passwords } from '../password/passwords.ts';

/** In development only, so that the shop can be tried at once. */
export const demoUser = {
  name: 'Demo Traveller',
  email: 'demo@satchel.example',
  password: 'carry on luggage',
} as const;

export async function addDemoUser(users: Users, passwords: Passwords): Promise<void> {
  const { name, email, password } = demoUser;
  if (users.findByEmail(email)) return;
  users.add({ name, email, website: null, passwordHash: await passwords.hash(password) });
}

/** Whoever developed on this database, and now opens it to the world: everybody knows this password. */
export async function removeDemoUser(users: Users, passwords: Passwords): Promise<void> {
  const user = users.findByEmail(demoUser.email);
  if (user && (await passwords.verify(user.passwordHash, demoUser.password))) users.remove(user.id);
}
