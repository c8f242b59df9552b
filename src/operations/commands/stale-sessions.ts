import { runCommand } from './run-command.ts';

/**
 * Prints how many sessions still need an old secret. If the old secret were removed from SECRET_KEY now, these sessions
 * would end.
 */
await runCommand(async ({ sessions }) => {
  const count = await sessions.countStale();
  return `${count.stale} of ${count.sessions} sessions still need an old secret.`;
});
