/**
 * The last step of `npm test`: every test that test/security/ and docs/promises.md name has run and passed.
 * test/security/lists.test.ts checks that the tests of the lists exist.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JSONReport, JSONReportSpec, JSONReportSuite } from '@playwright/test/reporter';
import { PASSED } from './passed-tests.ts';

export interface Requirement {
  id: string;
  level: 1 | 2 | 3;
  state: 'held' | 'not-applicable' | 'deviation' | 'open';
  /** `file > name`, the name as it stands in the source. */
  tests?: string[];
  reason?: string;
}

interface Held {
  id: number;
  tests: string[];
}

export interface Attack extends Held {
  attack: string;
}

export interface Fault extends Held {
  fault: string;
  /** The benchmark that measures it at full size. */
  bench?: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');
const readJson = (file: string) => JSON.parse(read(file)) as unknown;

/** OWASP ASVS 5.0, requirement by requirement. */
export const requirements = readJson('test/security/asvs.json') as Requirement[];
/** Attacks on a shop like this one. They are made on a running shop. */
export const attacks = readJson('test/security/attacks.json') as Attack[];
/** What can break around a shop, and how the shop survives it. */
export const faults = readJson('test/security/faults.json') as Fault[];
/** Every test that one of these lists names. */
export const namedTests = new Set(
  [...requirements, ...attacks, ...faults].flatMap(({ tests }) => tests ?? []),
);
/** The tests that docs/promises.md names. A file alone stands for any test in it, and "…" for a part that varies. */
const promised = Array.from(
  read('docs/promises.md').matchAll(/`((?:test|e2e)\/[^`]+\.ts)`(?:: ([^|]*[^| ]))?/g),
  ([, file, name = '…']) => `${file} > ${name.replaceAll('…', '${…}')}`,
);

if (import.meta.main) {
  const wanted = [...new Set([...namedTests, ...promised])];
  const passed = [...readFileSync(PASSED, 'utf8').split('\n'), ...passedStories()];
  const missing = wanted.filter((named) => !passed.some((test) => isCaseOf(test, named)));
  for (const named of missing)
    console.error(`Named in test/security/ or docs/promises.md, but not run and passed: ${named}`);
  if (missing.length > 0) process.exit(1);
  console.log(`All ${wanted.length} named tests have run and passed.`);
}

/** A name with `${…}` in the source stands for all the names that the run made of it. */
function isCaseOf(test: string, named: string): boolean {
  const parts = named
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`).test(test);
}

/** Reads the report of Playwright: see playwright.config.ts. */
function passedStories(): string[] {
  const { suites, config } = readJson('test-results/e2e.json') as JSONReport;
  const folder = relative(ROOT, config.rootDir);
  const storiesOf = (suite: JSONReportSuite): string[] => [
    ...suite.specs.filter(hasPassed).map(({ file, title }) => `${folder}/${file} > ${title}`),
    ...(suite.suites ?? []).flatMap(storiesOf),
  ];
  return suites.flatMap(storiesOf);
}

/** In the report a skipped story is "ok" too. */
function hasPassed({ tests }: JSONReportSpec): boolean {
  return tests.some(({ status }) => status === 'expected');
}
