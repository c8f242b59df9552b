import { createBackOff } from './back-off.ts';
/** A tab out of sight for this long, in milliseconds, leaves the stream to another. */
const HIDDEN_FOR_LONG = 5 * 60000;
const LONGEST_PAUSE = 60000;
/** The server says something every ten seconds. After this long without a word, in milliseconds, the network is gone. */
const LONGEST_SILENCE = 25000;
/** Has the stream until the signal, or until this tab has been hidden for long or is nobody's any more. */
export function listen({ say, isStillOurs, signal }) {
    return new Promise((resolve) => {
        const backOff = createBackOff(LONGEST_PAUSE);
        let source;
        let hidden;
        let retry;
        let silence;
        let stopped = false;
        function open() {
            source = new EventSource('/cart/events');
            watchSilence();
            for (const event of ['open', 'beat', 'cart', 'missed']) {
                source.addEventListener(event, watchSilence);
            }
            source.addEventListener('open', () => {
                backOff.reset();
                say({ kind: 'connected', is: true });
            });
            source.addEventListener('cart', ({ data }) => {
                const { version } = JSON.parse(data);
                say({ kind: 'cart', version });
            });
            source.addEventListener('missed', () => say({ kind: 'missed' }));
            // The server closes the stream then. The next one is for who is signed in now, or refused.
            source.addEventListener('signed-out', () => say({ kind: 'signed-out' }));
            source.addEventListener('error', () => {
                say({ kind: 'connected', is: false });
                // An EventSource comes back by itself unless the server refused it: too many, closing, or nobody's.
                if (source.readyState !== EventSource.CLOSED)
                    return;
                window.clearTimeout(silence);
                retry = window.setTimeout(() => void openAgain(), backOff.next());
            });
        }
        function watchSilence() {
            window.clearTimeout(silence);
            silence = window.setTimeout(() => {
                source.close();
                say({ kind: 'connected', is: false });
                open();
            }, LONGEST_SILENCE);
        }
        async function openAgain() {
            const isOurs = await isStillOurs();
            if (stopped)
                return;
            if (isOurs) {
                // Where the stream was refused for long, this is how the page hears.
                say({ kind: 'missed' });
                open();
            }
            else {
                say({ kind: 'signed-out' });
                stop();
            }
        }
        function stop() {
            stopped = true;
            source.close();
            window.clearTimeout(hidden);
            window.clearTimeout(retry);
            window.clearTimeout(silence);
            document.removeEventListener('visibilitychange', watchVisibility);
            resolve();
        }
        function watchVisibility() {
            window.clearTimeout(hidden);
            if (document.hidden)
                hidden = window.setTimeout(stop, HIDDEN_FOR_LONG);
        }
        signal.addEventListener('abort', stop);
        document.addEventListener('visibilitychange', watchVisibility);
        watchVisibility();
        open();
    });
}
