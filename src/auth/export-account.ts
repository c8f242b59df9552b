import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { requireProof } from './proof.ts';

/** Everything we hold about the person who asks, as a file. */
export const exportAccount: FastifyPluginAsync = async (app) => {
  app.addHook('preHandler', requireProof);

  app.get(
    '/account/export',
    { config: { devices: true, askedOn: '/account' } },
    async (request, reply) =>
      reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', 'attachment; filename="satchel-account.json"')
        .header('cache-control', 'no-store')
        .send(JSON.stringify(dataOf(request), null, 2)),
  );
};

/** Named one by one, so that nothing secret gets out by being added elsewhere. */
function dataOf({ user, session, devices, cart, server }: FastifyRequest) {
  const { id, name, email, website, createdAt, passwordVersion } = user!;
  return {
    exported: timeOf(server.clock()),
    account: { id, name, email, website, createdAt, passwordVersion },
    devices: devices.map(({ agent, network, since, seen }) => ({
      agent,
      network,
      since: timeOf(since),
      seen: timeOf(seen),
    })),
    session: {
      created: session.created && timeOf(session.created),
      remember: session.remember ?? false,
      variables: session.variables ?? {},
    },
    cart: { version: cart.version, lines: cart.lines },
  };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
