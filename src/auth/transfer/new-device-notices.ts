import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { deviceName } from '../../lib/device-name.ts';
import type { DeviceTraits } from '../../store/contract/sessions.ts';
import { describeDevice } from '../devices/describe-device.ts';

type NoticeName = `arrival:${string}`;

declare module 'fastify' {
  interface Session {
    /** A device that signed in with a link of this session. The user has not seen the notice yet. */
    [notice: NoticeName]: DeviceTraits | undefined;
  }
}

/**
 * Leaves a notice in the session that made a link, about the device that now uses it. Each notice is a property of its
 * own: the store writes properties separately, so that no two notices overwrite each other.
 * @returns false when that session has ended
 */
export function leaveNewDeviceNotice(request: FastifyRequest, maker: string): Promise<boolean> {
  const { store, clock } = request.server;
  const name: NoticeName = `arrival:${randomUUID()}`;
  return store.sessions.update(maker, {
    set: { [name]: describeDevice(request, clock()) },
    remove: [],
    variables: { set: {}, remove: [] },
  });
}

/** Tells the user on the next page. The template adds a link to their devices. */
const newDeviceNotices: FastifyPluginAsync = async (app) => {
  app.addHook('preHandler', (request, _reply, done) => {
    const { session, user, method, headers } = request;
    // Only before a page: a request of a script could overwrite the one property that holds all messages.
    if (!user || method !== 'GET' || !headers.accept?.includes('text/html')) return done();
    for (const name of Object.keys(session).filter(isNotice)) {
      const device = session[name]!;
      delete session[name];
      const when = ago(app.clock() - device.since);
      request.flash('arrival', `Signed in on ${deviceName(device)} ${when}.`);
    }
    done();
  });
};

export default plugin(newDeviceNotices, { name: 'new-device-notices' });

function isNotice(name: string): name is NoticeName {
  return name.startsWith('arrival:');
}

const relativeTime = new Intl.RelativeTimeFormat('en-GB');

function ago(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return relativeTime.format(-minutes, 'minute');
  if (minutes < 48 * 60) return relativeTime.format(-Math.floor(minutes / 60), 'hour');
  return relativeTime.format(-Math.floor(minutes / (24 * 60)), 'day');
}
