import { originOf } from '../lib/origin.ts';
import { isLoopback, type Config } from '../settings/config.ts';

export type IsOurHost = (host: string) => boolean;

/** Returns a function that says whether a Host header names us. In development, every loopback name does. */
export function createHostCheck({
  publicUrl: { protocol, host: ourHost },
  production,
}: Pick<Config, 'publicUrl' | 'production'>): IsOurHost {
  const ours = originOf(protocol, ourHost);

  return (host) => {
    if (host === ourHost) return true;
    const origin = originOf(protocol, host);
    if (origin === null) return false;
    return origin === ours || (!production && isLoopback(new URL(origin).hostname));
  };
}
