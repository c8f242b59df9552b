import { networkInterfaces } from 'node:os';

/** @returns the IPv4 address of this machine in its own network, such as 192.168.1.20; undefined without a network */
export function homeAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
