import type { FastifyRequest } from 'fastify';
import type { DeviceTraits } from '../../store/contract/sessions.ts';
import { networkOf } from '../../lib/address.ts';

/** Returns the traits by which a user recognises this browser in the list of devices. @param now in milliseconds */
export function describeDevice(request: FastifyRequest, now: number): DeviceTraits {
  return {
    agent: (request.headers['user-agent'] ?? '').slice(0, 300),
    network: networkOf(request.ip),
    since: now,
  };
}
