import { stretchSecrets } from '../../lib/stretched-secrets.ts';
import { readConfig, readEnvironment } from '../../settings/config.ts';
import { openStore } from '../../store/open.ts';

/**
 * Prints how many sessions still need an old secret. If the old secret were removed from SECRET_KEY now, these sessions
 * would end.
 */
const config = readConfig(readEnvironment());
const settings = { ...config, secrets: stretchSecrets(config.secrets) };
const store = await openStore(settings, Date.now, {
  onRoundTrip() {},
  onDamaged() {},
  onDeviceEnded() {},
  onDamagedCart() {}, // shop
  onError: (error) => console.error(error.message),
});
const { sessions, stale } = await store.sessions.countStale();
console.log(`${stale} of ${sessions} sessions still need an old secret.`);
await store.close();
