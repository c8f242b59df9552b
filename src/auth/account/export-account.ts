import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { exportSession } from '../../session/properties.ts';
import { requireReAuthentication } from '../../session/re-authentication.ts';

/** Lets users download everything that is stored about them, as a file. */
export const exportAccount: FastifyPluginAsync = async (app) => {
  requireReAuthentication(app);

  app.get(
    '/account/export',
    { config: { devices: true, offeredOn: '/account' } },
    async (request, reply) =>
      reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', 'attachment; filename="satchel-account.json"')
        .header('cache-control', 'no-store')
        .send(JSON.stringify(await dataOf(request), null, 2)),
  );
};

/** Properties are named one by one, so that a new secret is not exported by accident. */
async function dataOf(request: FastifyRequest): Promise<object> {
  const { user, session, devices, server } = request;
  const { id, name, email, website, createdAt, passwordVersion, isDemo, devicesMarked } = user!;
  const account = {
    exported: timeOf(server.clock()),
    account: { id, name, email, website, createdAt, passwordVersion, isDemo, devicesMarked },
    devices: devices.map(({ agent, network, since, seen }) => ({
      agent,
      network,
      since: timeOf(since),
      seen: timeOf(seen),
    })),
    session: exportSession(session),
  };
  const others = [...server.personalData].map(async ([key, data]) => [
    key,
    await data.export(request),
  ]);
  return { ...account, ...Object.fromEntries((await Promise.all(others)) as [string, unknown][]) };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
