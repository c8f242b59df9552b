import type { OwnerEvent, OwnerEvents } from '../contract/events.ts';
import type { Owner } from '../contract/owner.ts';
import { createWatchers } from '../watchers.ts';
import type { RedisClient } from './transport/client.ts';
import { ownerKey } from './keys.ts';

/**
 * The events that the scripts publish. Each owner has a channel, and the process has one connection for all channels.
 */
export function createRedisEvents(client: RedisClient, sessionPrefix: string): OwnerEvents {
  const watchers = createWatchers();
  const channels = new Map<string, { owner: Owner; joined: Promise<void> }>();
  const { subscriber } = client;
  subscriber.deliverTo({
    onMessage(channel, message) {
      const owner = channels.get(channel)?.owner;
      if (owner) watchers.notify(owner, readMessage(message, sessionPrefix));
    },
    onMissed: () => watchers.notifyAll({ kind: 'missed' }),
  });

  return {
    async watch(owner, listener) {
      const channel = ownerKey('events', owner);
      if (watchers.add(owner, listener))
        channels.set(channel, { owner, joined: subscriber.join(channel) });

      function stop() {
        if (!watchers.remove(owner, listener)) return;
        channels.delete(channel);
        subscriber.leave(channel);
      }
      try {
        await channels.get(channel)?.joined;
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },
  };
}

function readMessage(message: string, sessionPrefix: string): OwnerEvent {
  const [kind, detail = ''] = message.split(' ');
  if (kind === 'cart') return { kind, version: Number(detail) }; // shop
  return kind === 'ended'
    ? { kind, session: detail.slice(sessionPrefix.length) }
    : { kind: 'missed' };
}
