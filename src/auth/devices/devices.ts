import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { deviceName } from '../../lib/device-name.ts';
import { requireLiveSession } from '../../session/live-session-check.ts';
import { requireReAuthentication } from '../../session/re-authentication.ts';
import { ownerOf } from '../../store/contract/owner.ts';
import type { Device } from '../../store/contract/sessions.ts';

/** One page of the list of devices. */
export interface DeviceList {
  devices: Device[];
  /** How many there are on all pages. */
  count: number;
  /** The number of this page, and of the pages before and after it; null when there is none. */
  page: number;
  previous: number | null;
  next: number | null;
  /** The id of the device that shows the page. */
  here: string;
  deviceName(device: Device): string;
}

declare module '../../rendering/views.ts' {
  interface Views {
    'auth/devices': DeviceList;
  }
}

/** How many devices one page shows. */
const PAGE_SIZE = 10;

const deviceParams = Type.Object({ id: Type.String() });

/** Shows where a user is signed in. Signing out a device takes effect at once, also for its running requests. */
export const devices: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/devices', { config: { devices: true } }, async (request, reply) => {
    const { devices, sessionHash } = request;
    const isHere = ({ id }: Device) => Number(id === sessionHash);
    const sorted = devices.toSorted((a, b) => isHere(b) - isHere(a) || b.seen - a.seen);
    const pages = Math.max(1, Math.ceil(sorted.length / PAGE_SIZE));
    const { page: asked } = request.query as { page?: unknown };
    // A number that cannot be read counts as missing.
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(asked)) || 1));
    return reply.page('auth/devices', {
      title: 'Your devices',
      devices: sorted.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
      count: sorted.length,
      page,
      previous: page > 1 ? page - 1 : null,
      next: page < pages ? page + 1 : null,
      here: sessionHash,
      deviceName,
    });
  });

  await app.register(signOutDevices);
};

const signOutDevices: FastifyPluginAsyncTypebox = async (app) => {
  requireReAuthentication(app);
  app.addHook('preHandler', requireLiveSession);

  app.post(
    '/devices/:id/revoke',
    {
      schema: { params: deviceParams },
      config: { devices: true, offeredOn: '/devices' },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (id === request.sessionHash) {
        request.audit('session_expired', { reason: 'logout' });
        await reply.endSession();
        return reply.redirect('/login', 303);
      }
      const device = request.devices.find((device) => device.id === id);
      const ended = await app.store.sessions.endDevice(ownerOf(request.user!), id);
      if (ended) request.audit('session_expired', { reason: 'revoked', device: id });
      else request.audit('authz_fail', { code: 'no-such-device' });
      const name = device ? deviceName(device) : 'That device';
      request.flash(
        'success',
        ended ? `${name} is signed out.` : `${name} was already signed out.`,
      );
      return reply.redirect('/devices', 303);
    },
  );

  app.post(
    '/devices/revoke-others',
    { config: { offeredOn: '/devices' } },
    async (request, reply) => {
      const { session, user } = request;
      const owner = ownerOf(user!);
      const count = await app.store.sessions.endOtherDevices(owner, session.sessionId);
      request.audit('session_expired', { reason: 'revoked', count });
      request.flash('success', 'You are signed out everywhere else.');
      return reply.redirect('/devices', 303);
    },
  );
};
