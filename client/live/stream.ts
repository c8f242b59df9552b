import { createBackOff } from './back-off.ts';
import { locks } from './locks.ts';

/** What the event stream says, and what the tabs of one browser tell each other. */
export type Message =
  /** Something of the owner has changed, and has this version now. */
  | { kind: 'changed'; version: number }
  /** A stream has begun, and this is the version now. It is lower than before when a backup was restored. */
  | { kind: 'current'; version: number }
  /** Changes may have been missed. */
  | { kind: 'missed' }
  /** A tab was opened. */
  | { kind: 'joined' }
  | { kind: 'signed-out' }
  | { kind: 'connected'; is: boolean };

/**
 * A tab that is hidden for this long leaves the stream to another one, in milliseconds. Without locks, each tab has one.
 */
const HIDDEN_FOR_LONG = locks ? 5 * 60_000 : 0;
const LONGEST_PAUSE = 60_000;
/** The server sends a heartbeat every ten seconds. After this long without one, the connection is dead. In milliseconds. */
const LONGEST_SILENCE = 25_000;

interface Host {
  onMessage(message: Message): void;
  /** Resolves to false when this browser has another owner now. Resolves to true when the server does not answer. */
  isStillOurs(): Promise<boolean>;
  signal: AbortSignal;
}

/** Reads the event stream until the signal is aborted, the tab has been hidden for long, or the page has another owner. */
export function readStream({ onMessage, isStillOurs, signal }: Host): Promise<void> {
  return new Promise((resolve) => {
    const backOff = createBackOff(LONGEST_PAUSE);
    let source: EventSource;
    let hidden: number | undefined;
    let retry: number | undefined;
    let silence: number | undefined;
    let stopped = false;
    let isFirst = true; // shop

    function open(): void {
      source = new EventSource('/events');
      watchSilence();
      for (const event of ['open', 'beat', 'missed']) {
        source.addEventListener(event, watchSilence);
      }
      source.addEventListener('open', () => {
        backOff.reset();
        isFirst = true; // shop
        onMessage({ kind: 'connected', is: true });
      });
      // shop {
      source.addEventListener('cart', watchSilence);
      source.addEventListener('cart', ({ data }: MessageEvent<string>) => {
        const { version } = JSON.parse(data) as { version: number };
        onMessage({ kind: isFirst ? 'current' : 'changed', version });
        isFirst = false;
      });
      // } shop
      source.addEventListener('missed', () => onMessage({ kind: 'missed' }));
      // The server closes the stream after this event. The next connection is for the new owner, or is refused.
      source.addEventListener('signed-out', () => onMessage({ kind: 'signed-out' }));
      source.addEventListener('error', () => {
        onMessage({ kind: 'connected', is: false });
        // An EventSource connects again by itself, unless the server has refused it.
        if (source.readyState !== EventSource.CLOSED) return;
        window.clearTimeout(silence);
        retry = window.setTimeout(() => void openAgain(), backOff.next());
      });
    }

    function watchSilence(): void {
      window.clearTimeout(silence);
      silence = window.setTimeout(() => {
        source.close();
        onMessage({ kind: 'connected', is: false });
        open();
      }, LONGEST_SILENCE);
    }

    async function openAgain(): Promise<void> {
      const isOurs = await isStillOurs();
      if (stopped) return;
      if (isOurs) {
        // If the stream is refused for long, this is how the page gets its changes.
        onMessage({ kind: 'missed' });
        open();
      } else {
        onMessage({ kind: 'signed-out' });
        stop();
      }
    }

    function stop(): void {
      stopped = true;
      source.close();
      window.clearTimeout(hidden);
      window.clearTimeout(retry);
      window.clearTimeout(silence);
      document.removeEventListener('visibilitychange', watchVisibility);
      resolve();
    }

    function watchVisibility(): void {
      window.clearTimeout(hidden);
      if (document.hidden) hidden = window.setTimeout(stop, HIDDEN_FOR_LONG);
    }

    signal.addEventListener('abort', stop);
    document.addEventListener('visibilitychange', watchVisibility);
    watchVisibility();
    open();
  });
}
