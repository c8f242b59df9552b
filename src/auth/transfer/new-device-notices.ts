import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { deviceName } from '../../lib/device-name.ts';
import { SessionFull } from '../../store/contract/errors.ts';
import type { DeviceTraits } from '../../store/contract/sessions.ts';
import { describeDevice } from '../devices/describe-device.ts';

/** How many notices a page shows. */
const MOST_NOTICES = 10;

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
 * @returns false when that session has ended, or has no room for one more notice
 */
export async function leaveNewDeviceNotice(
  request: FastifyRequest,
  maker: string,
): Promise<boolean> {
  const { store, clock } = request.server;
  const name: NoticeName = `arrival:${randomUUID()}`;
  try {
    return await store.sessions.update(maker, {
      set: { [name]: describeDevice(request, clock()) },
      remove: [],
      variables: { set: {}, remove: [] },
    });
  } catch (error) {
    if (error instanceof SessionFull) return false;
    throw error;
  }
}

/** Tells the user on the next page. The template adds a link to their devices. */
const newDeviceNotices: FastifyPluginAsync = async (app) => {
  app.addHook('preHandler', (request, _reply, done) => {
    const { session, user, method, headers } = request;
    // Only before a page: a request of a script could overwrite the one property that holds all messages.
    if (!user || method !== 'GET' || !headers.accept?.includes('text/html')) return done();
    const names = Object.keys(session).filter(isNotice);
    if (names.length === 0) return done();
    const arrivals = names.map((name) => session[name]!).sort((a, b) => b.since - a.since);
    for (const name of names) delete session[name];
    for (const device of arrivals.slice(0, MOST_NOTICES)) {
      const when = ago(app.clock() - device.since);
      request.flash('arrival', `Signed in on ${deviceName(device)} ${when}.`);
    }
    const more = arrivals.length - MOST_NOTICES;
    if (more > 0) request.flash('arrival', `Signed in ${more} more times before.`);
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
