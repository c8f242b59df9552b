import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { deviceName } from '../domain/device-name.ts';
import type { DeviceTraits } from '../state/contract.ts';
import { describeDevice } from './device.ts';

type ArrivalName = `arrival:${string}`;

declare module 'fastify' {
  interface Session {
    /** A device that signed in by a link of this session; its user is still to be told. */
    [arrival: ArrivalName]: DeviceTraits | undefined;
  }
}

/**
 * Leaves word for the session that made a link, of the device that now uses it. A property for each: sessions
 * are written property by property, so that no two arrivals, and no request of the maker, overwrite another.
 * @returns false when that session has ended
 */
export function announceArrival(request: FastifyRequest, maker: string): Promise<boolean> {
  const { state, clock } = request.server;
  const name: ArrivalName = `arrival:${randomUUID()}`;
  return state.sessions.update(maker, {
    set: { [name]: describeDevice(request, clock()) },
    remove: [],
    variables: { set: {}, remove: [] },
  });
}

/** Tells the user on the next page, whichever it is. The template adds the link to their devices. */
const arrivals: FastifyPluginAsync = async (app) => {
  app.addHook('preHandler', (request, _reply, done) => {
    const { session, user, method, headers } = request;
    // Only where a page follows: a message is kept in one property, which a script's request could overwrite.
    if (!user || method !== 'GET' || !headers.accept?.includes('text/html')) return done();
    for (const name of Object.keys(session).filter(isArrival)) {
      const device = session[name]!;
      delete session[name];
      const when = ago(app.clock() - device.since);
      request.flash('arrival', `Signed in on ${deviceName(device)} ${when}.`);
    }
    done();
  });
};

export default plugin(arrivals, { name: 'arrivals' });

function isArrival(name: string): name is ArrivalName {
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
