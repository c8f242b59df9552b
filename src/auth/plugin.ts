import plugin from 'fastify-plugin';
import { accountPage } from './account-page.ts';
import arrivals from './arrivals.ts';
import { changeEmail } from './change-email.ts';
import { changePassword } from './change-password.ts';
import { changeProfile } from './change-profile.ts';
import { createPasswordCheck } from './check-password.ts';
import { confirm } from './confirm.ts';
import { deleteAccount } from './delete-account.ts';
import { addDemoUser, removeDemoUser } from './demo-user.ts';
import { devices } from './devices.ts';
import { exportAccount } from './export-account.ts';
import { createKnownDevices } from './known-device.ts';
import { createLimits } from './limits.ts';
import { logIn } from './log-in.ts';
import { logOut } from './log-out.ts';
import { createPasswords } from './passwords.ts';
import { signUp } from './sign-up.ts';
import { transferAccept } from './transfer-accept.ts';
import { transfer } from './transfer.ts';

interface Options {
  /** Whether there is to be a demo user. */
  demo: boolean;
  /** Where links lead to. */
  publicUrl: URL;
  /** The first signs, all verify. */
  secrets: string[];
  secureCookies: boolean;
  /** Sign-ins and the like a minute from one address; 0 for no limit. */
  limitPerAddress: number;
}

/** Two doors: guests sign up and log in; users log out, and look after their account and their devices. */
export default plugin<Options>(
  async (app, { demo, publicUrl, secrets, secureCookies, limitPerAddress }) => {
    const passwords = createPasswords();
    app.addHook('onClose', () => passwords.close());
    app.metrics.watch('password_hashes_waiting', 'Passwords in the queue', passwords.waiting);
    app.decorate('knownDevices', createKnownDevices(secrets, { secure: secureCookies }));
    const limits = createLimits({
      store: app.state.limits,
      knownDevices: app.knownDevices,
      perAddress: limitPerAddress,
      secret: secrets[0]!,
    });
    const checkPassword = createPasswordCheck(passwords, limits);
    if (demo) await addDemoUser(app.users, passwords);
    else await removeDemoUser(app.users, passwords);

    await app.register(arrivals);
    await app.register(transferAccept);

    await app.register(async (guests) => {
      guests.addHook('preHandler', app.requireGuest);
      await guests.register(signUp, { passwords, limits });
      await guests.register(logIn, { passwords, limits });
    });

    await app.register(async (users) => {
      users.addHook('preHandler', app.requireUser);
      await users.register(logOut);
      await users.register(transfer, { publicUrl });
      await users.register(devices);
      await users.register(accountPage);
      await users.register(changeProfile);
      await users.register(changeEmail, { checkPassword });
      await users.register(changePassword, { passwords, checkPassword });
      await users.register(confirm, { checkPassword });
      await users.register(exportAccount);
      await users.register(deleteAccount, { checkPassword });
    });
  },
  { name: 'auth', dependencies: ['metrics', 'identity', 'csrf', 'views'] },
);
