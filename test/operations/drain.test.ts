import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openShop } from '../support/shop.ts';

test(
  'a client that never sends anything does not hold up a shop that closes',
  { timeout: 5000 },
  async () => {
    await using shop = await openShop('sqlite');
    await shop.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = shop.app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');

    await Promise.all([once(socket, 'close'), shop.app.close()]);
    assert.equal(socket.bytesRead, 0);
  },
);
