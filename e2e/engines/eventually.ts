import { expect } from '@playwright/test';

/** Looks again and again, until what is expected is there. */
export function eventually<T>(look: () => Promise<T>, message?: string) {
  return expect.poll(look, { intervals: [50], message });
}
