import plugin from 'fastify-plugin';

/** In milliseconds. */
const LOOK_EVERY = 500;
/** By so much a look comes late before it is worth a word: by then people have noticed. In milliseconds. */
const WORTH_A_WORD = 1000;

/** Tells the operator when the process did nothing for anybody, since something of ours kept it, or the machine did. */
export default plugin(
  async (app) => {
    let due = performance.now() + LOOK_EVERY;
    const timer = setInterval(() => {
      const blocked = Math.round(performance.now() - due);
      if (blocked > WORTH_A_WORD) {
        app.log.warn({ event: 'event_loop_blocked', blocked }, 'nobody was served for a while');
      }
      due = performance.now() + LOOK_EVERY;
    }, LOOK_EVERY).unref();
    app.addHook('onClose', async () => clearInterval(timer));
  },
  { name: 'watchdog' },
);
