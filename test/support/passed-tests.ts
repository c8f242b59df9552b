import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One line for each test that passed in the last run of the unit tests: `file > name`. */
export const PASSED = `${ROOT}test-results/unit.txt`;

/** A reporter for node:test that prints nothing. It writes down which tests passed, for named-tests.ts. */
export default async function* keepPassedTests(events: AsyncIterable<TestEvent>) {
  const passed = new Set<string>();
  for await (const { type, data } of events) {
    if (type !== 'test:pass' || data.details.type === 'suite' || data.skip || data.todo) continue;
    passed.add(`${relative(ROOT, data.file ?? '')} > ${data.name}`);
  }
  mkdirSync(dirname(PASSED), { recursive: true });
  writeFileSync(PASSED, [...passed, ''].join('\n'));
  yield '';
}
