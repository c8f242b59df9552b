import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { StoreUnavailable } from '../../contract/errors.ts';
import { ownerKey } from '../keys.ts';
import { keepOpen } from './keep-open.ts';
import { withTimeout } from './timeout.ts';

export interface MessageListener {
  onMessage(channel: string, message: string): void;
  /** Messages that were published while nobody listened are lost. */
  onMissed(): void;
}

export type Subscriber = ReturnType<typeof openSubscriber>;

/**
 * Listens on a connection of its own. It subscribes again after a loss. A silent connection looks like one on which
 * nothing is published, so the process publishes something to itself: `beat` must be called every few seconds.
 */
export function openSubscriber(connection: Redis, onError: (error: Error) => void) {
  const ownChannel = ownerKey('events', `process-${randomUUID()}`);
  /** Why nothing is heard; null while the subscription stands. */
  let fault: Error | null = new Error('The connection for events is not open yet.');
  let listener: MessageListener = { onMessage() {}, onMissed() {} };
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let isOpen = false;
  let losses = 0;
  let published = 0;
  let heard = 0;

  const close = keepOpen(connection);
  connection.on('error', onError);
  connection.on('sentinelError', onError);
  connection.on('message', (channel, message) => {
    if (channel === ownChannel) heard = Number(message);
    else listener.onMessage(channel, message);
  });
  connection.on('ready', () => void listen());
  connection.on('close', () => (fault = new Error('The connection for events is down.')));

  /** ioredis has sent all other channels by now. Redis acknowledges in order, so it knows them too. */
  async function listen(): Promise<void> {
    try {
      await withTimeout(connection.subscribe(ownChannel));
    } catch (error) {
      fault = new Error('The connection for events cannot subscribe.', { cause: error });
      onError(fault);
      return;
    }
    fault = null;
    heard = published;
    if (isOpen) {
      losses += 1;
      listener.onMissed();
    }
    isOpen = true;
    open();
  }

  return {
    /** Resolves when the subscription stands for the first time. */
    opened,

    deliverTo(next: MessageListener): void {
      listener = next;
    },

    /** @throws {StoreUnavailable} */
    async join(channel: string): Promise<void> {
      try {
        await withTimeout(connection.subscribe(channel));
      } catch (error) {
        throw new StoreUnavailable(error);
      }
    },

    leave(channel: string): void {
      connection.unsubscribe(channel).catch(onError);
    },

    /**
     * Publishes something to this process. If it did not hear the last one, it connects anew.
     * @param publish resolves when Redis has published it
     */
    async beat(publish: (channel: string, message: string) => Promise<unknown>): Promise<void> {
      if (fault) {
        if (connection.status === 'ready') await listen();
        return;
      }
      if (heard < published) {
        fault = new Error('The connection for events was silent.');
        onError(fault);
        connection.disconnect(true);
        return;
      }
      const next = published + 1;
      await publish(ownChannel, String(next));
      published = next;
    },

    /** Why nothing is heard; null while the subscription stands. */
    get fault(): Error | null {
      return fault;
    },

    /** How often messages were lost. */
    get losses(): number {
      return losses;
    },

    close,
  };
}
