import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { deviceName } from '../domain/device-name.ts';
import type { Device } from '../state/contract.ts';
import { requireLiveSession } from './live-session.ts';
import { requireProof } from './proof.ts';

const deviceParams = Type.Object({ id: Type.String() });

/** Where am I signed in? Signing out a device takes effect at once, also for its requests in flight. */
export const devices: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/devices', { config: { devices: true } }, async (request, reply) => {
    const { devices, sessionHash } = request;
    const isHere = ({ id }: Device) => Number(id === sessionHash);
    return reply.page('auth/devices', {
      title: 'Your devices',
      devices: devices.toSorted((a, b) => isHere(b) - isHere(a) || b.seen - a.seen),
      here: sessionHash,
      nameOf: deviceName,
    });
  });

  await app.register(revoking);
};

const revoking: FastifyPluginAsyncTypebox = async (app) => {
  app.addHook('preHandler', requireProof);
  app.addHook('preHandler', requireLiveSession);

  app.post(
    '/devices/:id/revoke',
    { schema: { params: deviceParams }, config: { devices: true, askedOn: '/devices' } },
    async (request, reply) => {
      const { id } = request.params;
      if (id === request.sessionHash) {
        request.audit('session_expired', { reason: 'logout' });
        await reply.endSession();
        return reply.redirect('/login', 303);
      }
      const device = request.devices.find((device) => device.id === id);
      const ended = await app.state.sessions.endDevice(`user-${request.user!.id}`, id);
      if (ended) request.audit('session_expired', { reason: 'revoked', device: id });
      else request.audit('authz_fail', { code: 'no-such-device' });
      request.flash(
        'success',
        device && ended
          ? `${deviceName(device)} is signed out.`
          : 'That device was signed out already.',
      );
      return reply.redirect('/devices', 303);
    },
  );

  app.post(
    '/devices/revoke-others',
    { config: { askedOn: '/devices' } },
    async (request, reply) => {
      const { session, user } = request;
      const count = await app.state.sessions.endOtherDevices(`user-${user!.id}`, session.sessionId);
      request.audit('session_expired', { reason: 'revoked', count });
      request.flash('success', 'Everywhere else you are signed out.');
      return reply.redirect('/devices', 303);
    },
  );
};
