import { Cluster } from 'ioredis';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { serverOf } from './cluster-slots.ts';
import type { Connection } from './connection.ts';

type Breaker = ReturnType<typeof createCircuitBreaker>;

/**
 * Returns a function that finds the circuit breaker for a key. Each master of a cluster has a breaker of its own, so that
 * one that hangs does not close the way to the others.
 */
export function createBreakers(
  connection: Connection,
  onOpen: (error: Error) => void,
): (key: string) => Breaker {
  if (!(connection instanceof Cluster)) {
    const breaker = createCircuitBreaker(onOpen);
    return () => breaker;
  }
  const breakers = new Map<string, Breaker>();
  return (key) => {
    const server = serverOf(connection, key);
    const breaker = breakers.get(server) ?? createCircuitBreaker(onOpen);
    breakers.set(server, breaker);
    return breaker;
  };
}
