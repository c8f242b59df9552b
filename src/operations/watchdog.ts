import plugin from 'fastify-plugin';

/** Time between two checks, in milliseconds. */
const CHECK_INTERVAL = 500;
/** A check that is later than this is logged, in milliseconds. By then people have noticed the pause. */
const LOGGED_DELAY = 1000;

/**
 * Logs a warning after the event loop was blocked, by our own code or because the machine was busy. In that time no
 * request was answered.
 */
export default plugin(
  async (app) => {
    let due = performance.now() + CHECK_INTERVAL;
    const timer = setInterval(() => {
      const blocked = Math.round(performance.now() - due);
      if (blocked > LOGGED_DELAY) {
        app.log.warn({ event: 'event_loop_blocked', blocked }, 'event loop blocked');
      }
      due = performance.now() + CHECK_INTERVAL;
    }, CHECK_INTERVAL).unref();
    app.addHook('onClose', async () => clearInterval(timer));
  },
  { name: 'watchdog' },
);
