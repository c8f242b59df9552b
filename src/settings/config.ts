import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ErrorObject } from 'ajv';
import { envSchema } from 'env-schema';
import { Type, type Static, type TSchema } from 'typebox';
import { developmentSecret } from './development-secret.ts';
import { areProxyRanges } from './proxy-ranges.ts';
import { readEnvFile } from './env-file.ts';
import type { Lifetimes } from '../store/contract/lifetimes.ts';
import { isEasySecret, resemblesExample } from './weak-secrets.ts';

/** In the folder of the project. */
const ENV_FILE = fileURLToPath(new URL('../../.env', import.meta.url));
const DURATION = '^[1-9][0-9]{0,4}(s|m|h|d)$';
/** The shortest secret, in characters. */
const SECRET_LENGTH = 32;
/** Blanks around the secret do not count. */
const SECRET = `\\s*[^\\s,][^,]{${SECRET_LENGTH - 2},}[^\\s,]\\s*`;

/** Everybody can read these examples, so production refuses them. */
const EXAMPLE_SECRETS = [
  'a-new-secret-of-32-characters-or-more',
  'the-old-one-of-32-characters-or-more',
];

/** What a shell, a URL or SQLite would replace is refused in a path, because here it would become part of the name. */
const PATH_LETTER = String.raw`[^~$%?#*"'\u0060\\\u0000-\u001f]`;
/** In a URL, two slashes stand before a host. */
const PATH = String.raw`(?![\s:]|//(?!/))${PATH_LETTER}+(?<!\s)`;

/** Each setting has a rule and an example that follows it. The message about a wrong setting quotes both. */
const schema = Type.Object({
  NODE_ENV: setting(Type.Enum(['development', 'production']), {
    default: 'development',
    rule: 'must be development or production',
    example: 'production',
  }),
  HOST: setting(Type.String({ pattern: '^[0-9A-Za-z.:-]+$' }), {
    default: '127.0.0.1',
    rule: 'must be an address or a host name to listen on',
    example: '0.0.0.0',
  }),
  PORT: setting(Type.Integer({ minimum: 0, maximum: 65535 }), {
    default: 3000,
    rule: 'must be a port number, 0 to 65535',
    example: '3000',
  }),
  PUBLIC_URL: setting(Type.Optional(Type.String({ pattern: '^https?://[^/?#@]+/?$' })), {
    rule: 'must be the origin that people use, without a path',
    example: 'https://shop.example',
  }),
  DATA_DIR: setting(Type.String({ pattern: `^${PATH}$` }), {
    default: './data',
    rule: 'must be a plain path of a folder: only a shell knows ~ and $',
    example: './data',
  }),
  DATABASE_URL: setting(Type.Optional(Type.String({ pattern: `^file:${PATH}$` })), {
    rule: 'must be file: and a plain path, without options such as ?mode=, without ~ and without %20',
    example: 'file:./data/satchel.db',
  }),
  REDIS_URL: setting(
    Type.Optional(Type.String({ pattern: '^rediss?(-cluster|-sentinel)?://[^\\s]+$' })),
    {
      rule: 'must be a redis:// or rediss:// URL, or redis-cluster:// or redis-sentinel:// with several hosts; leave it out to use the embedded store',
      example: 'redis://:password@localhost:6379',
    },
  ),
  REDIS_SENTINEL_USERNAME: setting(Type.Optional(Type.String()), {
    rule: 'must be the name of a user of the Sentinels',
    example: 'satchel',
  }),
  REDIS_SENTINEL_PASSWORD: setting(Type.Optional(Type.String()), {
    rule: 'must be the password that the Sentinels ask for; the one of Redis itself is a part of REDIS_URL',
    example: 'the-password-of-the-sentinels',
  }),
  SECRET_KEY: setting(Type.Optional(Type.String({ pattern: `^${SECRET}(,${SECRET})*$` })), {
    rule: `must be ${SECRET_LENGTH} characters or more, or several such secrets separated by commas; make one with: openssl rand -hex 32`,
    example: EXAMPLE_SECRETS.join(','),
  }),
  SESSION_KEY_PREFIX: setting(Type.String({ pattern: '^[A-Za-z0-9:_.-]{1,64}$' }), {
    default: 'session:',
    rule: 'must be 1 to 64 letters, digits or any of : _ . -',
    example: 'session:',
  }),
  SESSION_IDLE_TTL: duration('14d'),
  SESSION_ABSOLUTE_TTL: duration('90d'),
  CART_GUEST_TTL: duration('30d'), // shop
  CART_USER_TTL: duration('365d'), // shop
  TRUST_PROXY: setting(Type.Optional(Type.String()), {
    rule: 'must list the addresses or CIDR ranges of your proxies, separated by commas; it cannot be "true" or a large part of the internet, because then every client could forge its address',
    example: '10.0.0.0/8,127.0.0.1',
  }),
  LIMIT_PER_ADDRESS: setting(Type.Integer({ minimum: 0, maximum: 1_000_000 }), {
    default: 60,
    rule: 'must be a whole number of attempts a minute; 0 means no limit',
    example: '60',
  }),
  LOG_LEVEL: setting(Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), {
    default: 'info',
    rule: 'must be one of fatal, error, warn, info, debug, trace, silent',
    example: 'info',
  }),
});

type Settings = Static<typeof schema>;
type SettingName = keyof Settings;

export interface Config {
  production: boolean;
  host: string;
  port: number;
  /** The origin that people use. */
  publicUrl: URL;
  /** True when the origin is https. Then cookies are Secure, and browsers are told to use only https. */
  secure: boolean;
  databaseFile: string;
  /** The file of the embedded store, which is used when there is no `redisUrl`. */
  stateFile: string;
  redisUrl: string | undefined;
  /** For Sentinels that ask for a password of their own. */
  sentinel: { username?: string; password?: string };
  /** The first one signs and seals, all of them verify and open. */
  secrets: string[];
  sessionKeyPrefix: string;
  lifetimes: Lifetimes;
  trustProxy: string[];
  /** Sign-ins and similar requests a minute from one address; 0 for no limit. */
  limitPerAddress: number;
  logLevel: string;
}

/**
 * The app cannot start. Each problem is a text that names the setting, says what is wrong, and has a working example.
 */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads all settings from `env`. In development a missing SECRET_KEY is generated and stored in DATA_DIR, so that a
 * restart signs nobody out.
 * @throws {ConfigError} with all problems at once
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const settings = readSettings(env);
  const production = settings.NODE_ENV === 'production';
  const publicUrl = new URL(settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`);
  const secure = publicUrl.protocol === 'https:';
  const trustProxy = splitList(settings.TRUST_PROXY) ?? [];
  const secrets = splitList(settings.SECRET_KEY);
  const dataDir = resolve(settings.DATA_DIR);
  const stateFile = resolve(dataDir, 'state.db');
  const databaseFile = settings.DATABASE_URL
    ? resolve(settings.DATABASE_URL.slice('file:'.length))
    : resolve(dataDir, 'satchel.db');

  const problems = [
    production && !secrets && problem('SECRET_KEY', 'is missing; in production it'),
    production &&
      secrets?.some((secret) => EXAMPLE_SECRETS.some((known) => resemblesExample(secret, known))) &&
      problem('SECRET_KEY', 'is the example, which everybody can read; in production it'),
    production &&
      secrets?.some(isEasySecret) &&
      problem(
        'SECRET_KEY',
        'can be guessed, because it repeats itself or is made of a few words; it',
      ),
    !areProxyRanges(trustProxy) && problem('TRUST_PROXY'),
    production &&
      !secure &&
      !isLoopback(publicUrl.hostname) &&
      `PUBLIC_URL must begin with https:// in production, because browsers would send the session unencrypted. Example: PUBLIC_URL=https://${publicUrl.host}`,
    databaseFile === stateFile &&
      `DATABASE_URL must not be ${stateFile}, because the sessions are in it. Example: DATABASE_URL=file:./data/satchel.db`,
    secure &&
      trustProxy.length === 0 &&
      'TRUST_PROXY is missing: PUBLIC_URL is https, so there is a proxy that ends TLS. Unless the proxy is trusted, no session can be saved. Example: TRUST_PROXY=127.0.0.1',
  ].filter((text) => typeof text === 'string');
  if (problems.length > 0) throw new ConfigError(problems);

  return {
    production,
    host: settings.HOST,
    port: settings.PORT,
    publicUrl,
    secure,
    databaseFile,
    stateFile,
    redisUrl: settings.REDIS_URL,
    sentinel: {
      username: settings.REDIS_SENTINEL_USERNAME,
      password: settings.REDIS_SENTINEL_PASSWORD,
    },
    secrets: secrets ?? [readDevelopmentSecret(dataDir)],
    sessionKeyPrefix: settings.SESSION_KEY_PREFIX,
    lifetimes: {
      sessionIdle: milliseconds(settings.SESSION_IDLE_TTL),
      sessionAbsolute: milliseconds(settings.SESSION_ABSOLUTE_TTL),
      guestCart: milliseconds(settings.CART_GUEST_TTL), // shop
      userCart: milliseconds(settings.CART_USER_TTL), // shop
    },
    trustProxy,
    limitPerAddress: settings.LIMIT_PER_ADDRESS,
    logLevel: settings.LOG_LEVEL,
  };
}

/**
 * Returns the environment variables. Those that are not set are read from `file`.
 * @throws {StartProblem} when the file has a name that no setting has
 */
export function readEnvironment(file = ENV_FILE): NodeJS.ProcessEnv {
  const values = readEnvFile(file, Object.keys(schema.properties));
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
  return process.env;
}

/** Returns the SQLite files that this shop uses. */
export function dataFilesOf({ databaseFile, stateFile, redisUrl }: Config): string[] {
  return redisUrl ? [databaseFile] : [databaseFile, stateFile];
}

/** Returns true where everybody who can open the shop may try it: in development, and on this machine. */
export function hasDemoUser({ production, publicUrl }: Config): boolean {
  return !production || isLoopback(publicUrl.hostname);
}

/** Returns true when the name is of this machine. Browsers treat such an origin as secure even without TLS. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

interface SettingTraits {
  /** The end of a sentence that begins with the name of the setting. */
  rule: string;
  example: string;
  default?: string | number;
}

function setting<T extends TSchema>(type: T, traits: SettingTraits): T {
  return Object.assign(type, traits);
}

function duration(byDefault: string) {
  return setting(Type.String({ pattern: DURATION }), {
    default: byDefault,
    rule: 'must be a whole number and a unit: s, m, h or d',
    example: byDefault,
  });
}

function readSettings(env: NodeJS.ProcessEnv): Settings {
  // An empty value counts as missing, because compose files pass a variable that is not set as an empty one.
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const data = Object.fromEntries(given.map(([name, value]) => [name, inDigits(name, value)]));
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: true,
    useDefaults: true,
    removeAdditional: true,
    strict: false,
  });
  try {
    const settings = envSchema<Settings>({ schema, data, env: false, ajv });
    checkUrls(settings);
    return settings;
  } catch (error) {
    const { errors } = error as { errors?: ErrorObject[] };
    if (!errors) throw error;
    const names = new Set(errors.map(({ instancePath }) => instancePath.slice(1)));
    throw new ConfigError([...names].map((name) => problem(name as SettingName)));
  }
}

/** Ajv would read 0x10 as 16, and 1e3 as 1000. It refuses a text that is no number. */
function inDigits(name: string, value: string | undefined): string | undefined {
  const { type } = (schema.properties as Record<string, { type?: string }>)[name] ?? {};
  return type === 'integer' && !/^\s*\d+\s*$/.test(value ?? '') ? 'not in digits' : value;
}

function splitList(list: string | undefined): string[] | undefined {
  return list?.split(',').map((item) => item.trim());
}

/** @throws {ConfigError} when the file has a secret that is too short */
function readDevelopmentSecret(dataDir: string): string {
  const file = resolve(dataDir, 'secret-key');
  const secret = developmentSecret(file);
  if (secret.length >= SECRET_LENGTH) return secret;
  throw new ConfigError([
    `DATA_DIR has a broken secret: ${file} has fewer than ${SECRET_LENGTH} characters. Delete this file, then a new one is made; or set SECRET_KEY. Example: rm ${file}`,
  ]);
}

/**
 * Checks what the patterns cannot, such as a port above 65535 or a blank in a name. An address with several hosts is
 * not a URL, so each host is checked alone.
 */
function checkUrls({ PUBLIC_URL, REDIS_URL }: Settings): void {
  const several = /^rediss?-(?:cluster|sentinel):\/\/([^/]*)/
    .exec(REDIS_URL ?? '')?.[1]
    ?.split(',');
  const redisUrls = several?.map((host) => `redis://${host}`) ?? [REDIS_URL ?? 'redis://none'];
  const problems = [
    PUBLIC_URL !== undefined && !URL.canParse(PUBLIC_URL) && problem('PUBLIC_URL'),
    redisUrls.some((url) => !URL.canParse(url)) && problem('REDIS_URL'),
  ].filter((text) => text !== false);
  if (problems.length > 0) throw new ConfigError(problems);
}

function problem(name: SettingName, fault = ''): string {
  const { rule, example } = schema.properties[name] as unknown as SettingTraits;
  return `${name} ${fault ? `${fault} ` : ''}${rule}. Example: ${name}=${example}`;
}

function milliseconds(text: string): number {
  const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(text.slice(0, -1)) * units[text.at(-1) as keyof typeof units];
}
