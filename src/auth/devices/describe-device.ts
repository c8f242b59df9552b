import type { FastifyRequest } from 'fastify';
import type { DeviceTraits } from '../../store/contract/sessions.ts';
import { networkOf } from '../../lib/address.ts';

/** How a user will recognise this browser among their devices. */
export function describeDevice(request: FastifyRequest, now: number): DeviceTraits {
  return {
    agent: (request.headers['user-agent'] ?? '').slice(0, 300),
    network: networkOf(request.ip),
    since: now,
  };
}
