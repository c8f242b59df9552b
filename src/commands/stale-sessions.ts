import { readConfig, readEnvironment } from '../config.ts';
import { openState } from '../state/open.ts';

/** While this prints more than 0, taking the old secret out of SECRET_KEY would sign that many people out. */
const config = readConfig(readEnvironment());
const state = await openState(config, Date.now, {
  onTrip() {},
  onDamaged() {},
  onDamagedCart() {},
  onError: (error) => console.error(error.message),
});
const { sessions, stale } = await state.sessions.countStale();
console.log(`${stale} of ${sessions} sessions still need an old secret.`);
await state.close();
