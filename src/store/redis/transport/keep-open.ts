import type { Connection } from './connection.ts';

/**
 * Opens a connection again when ioredis has given it up. It does so, for ever, when the Sentinels name a new master just
 * while it asks them for the master.
 * @returns a function that closes the connection
 */
export function keepOpen(connection: Connection): () => void {
  // What fails is told as an error of the connection too.
  const openAgain = () => void connection.connect().catch(() => {});
  connection.on('end', openAgain);
  return () => {
    connection.off('end', openAgain);
    connection.disconnect();
  };
}
