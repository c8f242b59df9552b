/** The tokens of links have 43 characters. Nobody guesses one of which 12 characters are missing. */
const SHORTEST = 32;

/** Characters of base64url or hex, as they are or percent-encoded, also more than once (`%2541`). */
const TOKEN = String.raw`(?:[\w-]|%(?:25)*[\da-f]{2}){${SHORTEST},}`;
const ANYWHERE = new RegExp(TOKEN, 'gi');
const IN_LINKS = new RegExp(`((?<!:/)/|=)${TOKEN}`, 'gi');

/** Replaces everything in a path that may be the token of a link. */
export function cutTokens(path: string): string {
  return path.replace(ANYWHERE, '…');
}

/**
 * Replaces what may be a token after a slash or `=`, where links have it. Everything else stays, because the log names
 * sessions and counters by their hashes. So does the host after `://`.
 */
export function cutTokensOfLinks(line: string): string {
  return line.replace(IN_LINKS, '$1…');
}
