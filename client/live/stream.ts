import { createBackOff } from './back-off.ts';

/** What the stream says, and tabs of one browser pass on to each other. */
export type Word =
  | { kind: 'cart'; version: number }
  | { kind: 'missed' }
  | { kind: 'joined' }
  | { kind: 'signed-out' }
  | { kind: 'connected'; is: boolean };

/** A tab out of sight for this long, in milliseconds, leaves the stream to another. */
const HIDDEN_FOR_LONG = 5 * 60_000;
const LONGEST_PAUSE = 60_000;
/** The server says something every ten seconds. After this long without a word, in milliseconds, the network is gone. */
const LONGEST_SILENCE = 25_000;

interface Host {
  say(word: Word): void;
  /** Is whoever this page was made for still signed in here? Also when nobody answers. */
  isStillOurs(): Promise<boolean>;
  signal: AbortSignal;
}

/** Has the stream until the signal, or until this tab has been hidden for long or is nobody's any more. */
export function listen({ say, isStillOurs, signal }: Host): Promise<void> {
  return new Promise((resolve) => {
    const backOff = createBackOff(LONGEST_PAUSE);
    let source: EventSource;
    let hidden: number | undefined;
    let retry: number | undefined;
    let silence: number | undefined;
    let stopped = false;

    function open(): void {
      source = new EventSource('/cart/events');
      watchSilence();
      for (const event of ['open', 'beat', 'cart', 'missed']) {
        source.addEventListener(event, watchSilence);
      }
      source.addEventListener('open', () => {
        backOff.reset();
        say({ kind: 'connected', is: true });
      });
      source.addEventListener('cart', ({ data }: MessageEvent<string>) => {
        const { version } = JSON.parse(data) as { version: number };
        say({ kind: 'cart', version });
      });
      source.addEventListener('missed', () => say({ kind: 'missed' }));
      // The server closes the stream then. The next one is for who is signed in now, or refused.
      source.addEventListener('signed-out', () => say({ kind: 'signed-out' }));
      source.addEventListener('error', () => {
        say({ kind: 'connected', is: false });
        // An EventSource comes back by itself unless the server refused it: too many, closing, or nobody's.
        if (source.readyState !== EventSource.CLOSED) return;
        window.clearTimeout(silence);
        retry = window.setTimeout(() => void openAgain(), backOff.next());
      });
    }

    function watchSilence(): void {
      window.clearTimeout(silence);
      silence = window.setTimeout(() => {
        source.close();
        say({ kind: 'connected', is: false });
        open();
      }, LONGEST_SILENCE);
    }

    async function openAgain(): Promise<void> {
      const isOurs = await isStillOurs();
      if (stopped) return;
      if (isOurs) {
        // Where the stream was refused for long, this is how the page hears.
        say({ kind: 'missed' });
        open();
      } else {
        say({ kind: 'signed-out' });
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
