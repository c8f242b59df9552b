import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { newCertificate } from '../support/certificate.ts';

export interface TlsProxy extends AsyncDisposable {
  readonly port: number;
  readonly certificate: string;
}

/** Ends TLS in front of `port` and passes every byte as it is, so that what is not HTTP reaches the shop too. */
export async function startTlsProxy(port: number): Promise<TlsProxy> {
  const { key, certificate } = await newCertificate();
  const options: TlsOptions = { key, cert: certificate, ALPNProtocols: ['http/1.1'] };
  const server = createServer(options, (client) => {
    const shop = connect(port, '127.0.0.1');
    client.pipe(shop).pipe(client);
    client.on('error', () => shop.destroy()).on('close', () => shop.destroy());
    shop.on('error', () => client.destroySoon()).on('close', () => client.destroySoon());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    certificate,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
