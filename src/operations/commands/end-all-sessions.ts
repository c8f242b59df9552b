import { runCommand } from './run-command.ts';

/**
 * Ends all sessions, and makes all links for other devices invalid. It is for a store that was restored from a backup:
 * a session that was signed out after the backup lives in it again. Nothing else is deleted.
 */
await runCommand(async ({ sessions, links }) => {
  await links.endAll();
  const ended = await sessions.endAll();
  return `${ended} ${ended === 1 ? 'session has' : 'sessions have'} ended. Nothing else was deleted.`;
});
