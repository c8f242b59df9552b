import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { startTlsProxy } from '../attacks/tls-proxy.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startClusterOfOne } from '../support/redis-cluster-of-one.ts';
import { startRedis } from '../support/redis-server.ts';

/** Says what came of the first try. A process of its own, since whom to trust is read at its start. */
const connectOnce = `
  import { connect } from './src/store/redis/transport/connection.ts';
  const connection = connect(process.env.REDIS_URL);
  const end = (what) => { console.log(what); process.exit(); };
  connection.once('ready', () => end('ready')).once('error', ({ code }) => end(code));
`;

const cases: [what: string, trusted: 'its own' | 'another' | 'none', host: string, says: RegExp][] =
  [
    ['whose authority nobody named is not spoken to', 'none', 'localhost', /SELF_SIGNED/],
    ['whose authority was named is spoken to', 'its own', 'localhost', /^ready$/],
    [
      'of an authority other than the named one is not spoken to',
      'another',
      'localhost',
      /CERT|SIGNATURE/,
    ],
    [
      'under another name than its certificate has is not spoken to',
      'its own',
      '127.0.0.1',
      /ALTNAME/,
    ],
  ];
for (const [what, trusted, host, says] of cases) {
  test(`a Redis behind TLS ${what}`, async () => {
    await using redis = await startRedis();
    await using proxy = await startTlsProxy(redis.port);
    await using other = await startTlsProxy(redis.port);
    await using folder = await temporaryFolder();
    const authority = folder.file('authority.pem');
    await writeFile(authority, (trusted === 'another' ? other : proxy).certificate);

    const stdout = await connectTo(
      `rediss://${host}:${proxy.port}`,
      trusted === 'none' ? null : authority,
    );
    assert.match(stdout.trim(), says);
  });
}

test('a cluster behind TLS whose certificates have host names only is reached by name', async () => {
  await using redis = await startClusterOfOne(
    '--cluster-announce-hostname',
    'localhost',
    '--cluster-preferred-endpoint-type',
    'hostname',
  );
  await using proxy = await startTlsProxy(redis.port);
  await using folder = await temporaryFolder();
  const authority = folder.file('authority.pem');
  await writeFile(authority, proxy.certificate);
  const client = new Redis(redis.url);
  await client.config('SET', 'cluster-announce-port', proxy.port);
  client.disconnect();

  const said = await connectTo(`rediss-cluster://localhost:${proxy.port}`, authority);
  assert.equal(said.trim(), 'ready');
});

/** @param authority of all authorities this one alone is trusted, as docs/operations.md says; null for the usual ones */
async function connectTo(url: string, authority: string | null): Promise<string> {
  const trust = authority && {
    NODE_OPTIONS: '--use-openssl-ca',
    SSL_CERT_FILE: authority,
    SSL_CERT_DIR: '/nowhere',
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', connectOnce],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...process.env, REDIS_URL: url, ...trust },
    },
  );
  return stdout;
}
