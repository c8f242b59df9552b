import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Makes a certificate for localhost that is its own authority. */
export async function newCertificate(): Promise<{ key: string; certificate: string }> {
  const command =
    'req -x509 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost ' +
    '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout - -out -';
  const { stdout } = await promisify(execFile)('openssl', command.split(' '));
  const [key = '', certificate = ''] = stdout.match(/-----BEGIN[^]+?-----END[^\n]+\n/g) ?? [];
  return { key, certificate };
}
