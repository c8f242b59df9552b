import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { StartProblem } from '../lib/start-problem.ts';
import { editDistance } from './edit-distance.ts';

/** Docker Compose reads these from the same file: see docker-compose.yml. */
const NAMES_OF_COMPOSE =
  /^(PUBLISH_ADDRESS|REDIS_PASSWORD|REDIS_APPENDFSYNC|REDIS_MAXMEMORY|REDIS_MEM_LIMIT|(COMPOSE|DOCKER|BUILDKIT)_[A-Z_]+)$/;
const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/;
/** A name with more wrong letters is not taken for a misspelt one. */
const MOST_TYPOS = 3;

/**
 * Reads a .env file. Editors of Windows put a byte order mark before the first name, which belongs to no name.
 * @param settings the names that the app knows
 * @returns the values by their names; none when there is no file
 * @throws {StartProblem} for a line or a name that would have no effect, because its setting would be lost silently
 */
export function readEnvFile(file: string, settings: string[]): Record<string, string> {
  const text = readText(file);
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const name = ASSIGNMENT.exec(trimmed)?.[1];
    if (!name)
      throw new StartProblem(`Line ${index + 1} of .env must be NAME=value. Example: PORT=3000`);
    if (!settings.includes(name) && !NAMES_OF_COMPOSE.test(name)) throw unknownName(name, settings);
  }
  return parseEnv(text.replaceAll(/\r\n?/g, '\n')) as Record<string, string>;
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    // The decoder skips a byte order mark.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // It is not UTF-8, and the problem below says so.
  }
  throw new StartProblem('.env must be saved as UTF-8. Example: iconv -f UTF-16 -t UTF-8 .env');
}

function unknownName(name: string, settings: string[]): StartProblem {
  const [nearest] = settings
    .map((setting) => ({ setting, typos: editDistance(name.toUpperCase(), setting) }))
    .toSorted((a, b) => a.typos - b.typos);
  const hint =
    nearest && nearest.typos <= MOST_TYPOS
      ? `do you mean ${nearest.setting}?`
      : '.env.example has all settings.';
  return new StartProblem(`${name} in .env is not a setting: ${hint}`);
}
