/** Redis would stop a script in the middle, because a command or a right is missing, and leave half a change. */
export class Unfit extends Error {}

const STOPS_SCRIPTS = /unknown (redis )?command|can't run this command|one of the keys|^NOPERM/i;

const explanations: [error: RegExp, explain: (command: string, keys: string[]) => string][] = [
  [
    /unknown (redis )?command/i,
    (command) => `Redis is too old for ${command}: it must be Redis or Valkey 7 or later.`,
  ],
  [
    /publish to the channel/i,
    (command) => `The user of Redis has no right to ${command}: allow the channels &events:*.`,
  ],
  [
    /access (at least )?one of the keys/i,
    (_command, keys) => `The user of Redis has no right to some keys: allow ${patternsOf(keys)}.`,
  ],
  [
    /can't run this command|no permissions to run/i,
    (command) => `The user of Redis has no right to ${command}: allow this command.`,
  ],
  [/^READONLY/, () => 'Redis is a read-only replica: REDIS_URL must lead to the master.'],
  [/^OOM/, () => 'Redis is full: raise maxmemory.'],
  [/^MISCONF/, () => 'Redis cannot write to its disk: see its log.'],
  [/^NOREPLICAS/, () => 'Redis has too few replicas for its setting min-replicas-to-write.'],
];

/** Returns one sentence that says what is wrong, and what the operator can do. */
export function explain(error: string, command: string, keys: string[]): Error {
  const [, sentence] = explanations.find(([pattern]) => pattern.test(error)) ?? [];
  const text = sentence?.(command, keys) ?? `Redis refuses ${command}: ${error}`;
  // PUBLISH is the last command of a script, and it may fail.
  return STOPS_SCRIPTS.test(error) && !command.startsWith('PUBLISH')
    ? new Unfit(text)
    : new Error(text);
}

/** As ACL SETUSER takes them: `~devices:*` for `devices:{ready}`. */
function patternsOf(keys: string[]): string {
  return [...new Set(keys.map((key) => `~${key.replace(/\{.*/, '*')}`))].join(' ');
}
