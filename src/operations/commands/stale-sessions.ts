import { readConfig, readEnvironment } from '../../settings/config.ts';
import { openStore } from '../../store/open.ts';

/** While this prints more than 0, taking the old secret out of SECRET_KEY would sign that many people out. */
const config = readConfig(readEnvironment());
const state = await openStore(config, Date.now, {
  onRoundTrip() {},
  onDamaged() {},
  onDamagedCart() {},
  onError: (error) => console.error(error.message),
});
const { sessions, stale } = await state.sessions.countStale();
console.log(`${stale} of ${sessions} sessions still need an old secret.`);
await state.close();
