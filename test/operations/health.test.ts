import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { stores } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

for (const store of stores) {
  suite(`health on ${store}`, () => {
    const shop = shopOfSuite(store);

    for (const url of ['/livez', '/readyz']) {
      test(`${url} says ok and no more`, async () => {
        const { statusCode, body, headers } = await shop.app.inject(url);

        assert.equal(statusCode, 200);
        assert.equal(body, 'ok\n');
        assert.equal(headers['set-cookie'], undefined);
      });
    }

    test('/readyz says no while the database does not answer, /livez is not asked', async (t) => {
      t.mock.method(shop.app.users, 'find', () => {
        throw new Error('SQLITE_IOERR: disk I/O error');
      });

      const { statusCode, body } = await shop.app.inject('/readyz');
      assert.equal(statusCode, 503);
      assert.equal(body, 'unavailable\n');
      assert.equal((await shop.app.inject('/livez')).statusCode, 200);
    });
  });
}
