import { readConfig, readEnvironment, type Config } from '../../settings/config.ts';
import { startProblems } from '../../settings/start-problems.ts';
import { DataUnavailable } from '../../lib/data-unavailable.ts';
import { stretchSecrets } from '../../lib/stretched-secrets.ts';
import type { Store } from '../../store/contract/store.ts';
import { openStore } from '../../store/open.ts';

/**
 * Opens the store that the settings name, does the work of a command, and prints what it returns. A problem is one
 * sentence, and the exit code 1.
 */
export async function runCommand(work: (store: Store) => Promise<string>): Promise<void> {
  let config: Config | undefined;
  try {
    config = readConfig(readEnvironment());
    const secrets = stretchSecrets(config.secrets);
    const store = await openStore({ ...config, secrets }, Date.now, {
      onRoundTrip() {},
      onDamaged() {},
      onDeviceEnded() {},
      onDamagedCart() {}, // shop
      onError: (error) => console.error(error.message),
    });
    try {
      console.log(await work(store));
    } finally {
      await store.close();
    }
  } catch (error) {
    const problems =
      error instanceof DataUnavailable ? [error.message] : startProblems(error, config);
    if (problems.length === 0) throw error;
    for (const problem of problems) console.error(problem);
    process.exitCode = 1;
  }
}
