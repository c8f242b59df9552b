import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import routeList from '../../src/http/route-list.ts';

test('an app with a route that does not say who may use it does not start', async () => {
  const app = Fastify();
  await app.register(routeList);
  app.get('/forgotten', async () => 'secret');
  await assert.rejects(async () => app.ready(), /GET \/forgotten does not say who may use it/);
});
