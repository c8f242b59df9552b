import plugin from 'fastify-plugin';
import { forEveryone, forGuests, forUsers } from '../session/access.ts';
import { accountPage } from './account/account-page.ts';
import { changeEmail } from './account/change-email.ts';
import { changePassword } from './account/change-password.ts';
import { changeProfile } from './account/change-profile.ts';
import { deleteAccount } from './account/delete-account.ts';
import { exportAccount } from './account/export-account.ts';
import personalData from './account/personal-data.ts';
import { devices } from './devices/devices.ts';
import { createPasswordCheck } from './password/check-password.ts';
import { COST, createPasswords, WEAK_COST } from './password/passwords.ts';
import { reAuthenticate } from './password/re-authenticate.ts';
import { addDemoUser, removeDemoUser } from './sign-in/demo-user.ts';
import { createKnownDevices } from './sign-in/known-device.ts';
import { createLimits } from './sign-in/limits.ts';
import { logIn } from './sign-in/log-in.ts';
import { logOut } from './sign-in/log-out.ts';
import { signUp } from './sign-in/sign-up.ts';
import newDeviceNotices from './transfer/new-device-notices.ts';
import { transferAccept } from './transfer/transfer-accept.ts';
import { transfer } from './transfer/transfer.ts';

interface Options {
  /** True when there is to be a demo user. */
  demo: boolean;
  /** The origin that people use. */
  publicUrl: URL;
  /** The first one signs, all of them verify. */
  secrets: string[];
  /** For tests: hashes passwords at a cost that protects nobody. */
  weakPasswordHashes: boolean;
}

/** Guests sign up and log in. Users log out, and manage their account and their devices. */
export default plugin<Options>(
  async (app, { demo, publicUrl, secrets, weakPasswordHashes }) => {
    const passwords = createPasswords(weakPasswordHashes ? WEAK_COST : COST);
    app.addHook('onClose', () => passwords.close());
    app.metrics.watch('password_hashes_waiting', 'Passwords in the queue', passwords.waiting);
    app.decorate('knownDevices', createKnownDevices({ secrets, publicUrl, users: app.users }));
    const limits = createLimits(app);
    const checkPassword = createPasswordCheck(passwords, limits);
    if (demo) await addDemoUser(app.users, passwords);
    else await removeDemoUser(app.users, passwords);

    await app.register(personalData);
    await app.register(newDeviceNotices);

    await app.register(async (everyone) => {
      forEveryone(everyone);
      await everyone.register(transferAccept);
    });

    await app.register(async (guests) => {
      forGuests(guests);
      await guests.register(signUp, { passwords, limits });
      await guests.register(logIn, { passwords, limits });
    });

    await app.register(async (users) => {
      forUsers(users);
      await users.register(logOut);
      await users.register(transfer, { publicUrl });
      await users.register(devices);
      await users.register(accountPage);
      await users.register(changeProfile);
      await users.register(changeEmail, { checkPassword });
      await users.register(changePassword, { passwords, limits, checkPassword });
      await users.register(reAuthenticate, { checkPassword });
      await users.register(exportAccount);
      await users.register(deleteAccount, { checkPassword });
    });
  },
  { name: 'auth', dependencies: ['metrics', 'identity', 'csrf', 'rate-limits', 'views'] },
);
