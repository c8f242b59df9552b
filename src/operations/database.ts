import plugin from 'fastify-plugin';
import { canonicalizeEmails } from '../database/canonical-emails.ts';
import { openDatabase } from '../database/open.ts';
import { createProducts, type Products } from '../database/products.ts'; // shop
import { createUsers, type Users } from '../database/users.ts';

declare module 'fastify' {
  interface FastifyInstance {
    users: Users;
    products: Products; // shop
    /** @throws {BrokenFile} the database is damaged or gone */
    checkDatabase(): void;
  }
}

/** Opens the database, and closes it with the app. */
export default plugin<{ file: string }>(
  async (app, { file }) => {
    const database = openDatabase(file, app.reportBrokenFile);
    app.addHook('onClose', async () => database.close());

    const accounts = await canonicalizeEmails(database);
    if (accounts.length > 0) {
      app.log.warn(
        { event: 'email_clash', accounts },
        'these accounts have an address that is another account’s too, in another spelling; ask their owners to change it',
      );
    }

    app.decorate('checkDatabase', database.check);
    app.decorate('users', createUsers(database));
    app.decorate('products', createProducts(database)); // shop
  },
  { name: 'database', dependencies: ['data-files'] },
);
