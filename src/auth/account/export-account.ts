import type { FastifyPluginAsync, FastifyRequest, Session } from 'fastify';
import { requireReAuthentication } from '../../session/re-authentication.ts';

/** Lets users download everything that is stored about them, as a file. */
export const exportAccount: FastifyPluginAsync = async (app) => {
  requireReAuthentication(app);

  app.get(
    '/account/export',
    { config: { devices: true, askedOn: '/account' } },
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
  const { id, name, email, website, createdAt, passwordVersion } = user!;
  const account = {
    exported: timeOf(server.clock()),
    account: { id, name, email, website, createdAt, passwordVersion },
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

type SessionProperty = Exclude<keyof Session, 'cookie' | 'loaded' | 'toJSON'>;
type SessionExport = ((session: Session) => unknown) | { notExported: string };

/** What the export says about each property of a session. A property that is missing here does not compile. */
export const sessionExport: Record<SessionProperty, SessionExport> = {
  created: ({ created }) => created && timeOf(created),
  issued: ({ issued }) => issued && timeOf(issued),
  reAuthenticatedAt: ({ reAuthenticatedAt }) => reAuthenticatedAt && timeOf(reAuthenticatedAt),
  remember: ({ remember = false }) => remember,
  variables: ({ variables = {} }) => variables,
  device: { notExported: 'it is one of the devices' },
  owner: { notExported: 'it is the id of the account' },
  passport: { notExported: 'it is the id of the account' },
  passwordVersion: { notExported: 'it is the version in the account' },
  flash: { notExported: 'the next page shows it and deletes it' },
  csrf: { notExported: 'it is a secret' },
};

function exportSession(session: Session): Record<string, unknown> {
  const entries = Object.entries(sessionExport).flatMap(([name, value]) =>
    typeof value === 'function' ? [[name, value(session)]] : [],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
