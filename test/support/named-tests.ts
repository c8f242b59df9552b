/**
 * The last step of `npm test`: every test that docs/ names has run, and passed.
 * That those of the lists exist is what test/security/lists.test.ts sees to.
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
  /** What measures it at full size. */
  bench?: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');
const readJson = (file: string) => JSON.parse(read(file)) as unknown;

/** OWASP ASVS 5.0, requirement by requirement. */
export const requirements = readJson('test/security/asvs.json') as Requirement[];
/** What is tried on a shop like this one, against a started one. */
export const attacks = readJson('test/security/attacks.json') as Attack[];
/** What breaks around a shop, and how it comes through. */
export const faults = readJson('test/security/faults.json') as Fault[];
/** Every test that one of these lists relies on. */
export const namedTests = new Set(
  [...requirements, ...attacks, ...faults].flatMap(({ tests }) => tests ?? []),
);
/** Of docs/promises.md: a file alone stands for any test in it, and "…" for what varies in a name. */
const promised = Array.from(
  read('docs/promises.md').matchAll(/`((?:test|e2e)\/[^`]+\.ts)`(?:: ([^|]*[^| ]))?/g),
  ([, file, name = '…']) => `${file} > ${name.replaceAll('…', '${…}')}`,
);

if (import.meta.main) {
  const wanted = [...new Set([...namedTests, ...promised])];
  const passed = [...readFileSync(PASSED, 'utf8').split('\n'), ...passedStories()];
  const missing = wanted.filter((named) => !passed.some((test) => isCaseOf(test, named)));
  for (const named of missing) console.error(`Named in docs/, but not run and passed: ${named}`);
  if (missing.length > 0) process.exit(1);
  console.log(`All ${wanted.length} tests that docs/ names have run and passed.`);
}

/** A name with `${…}` in the source stands for all the names that the run made of it. */
function isCaseOf(test: string, named: string): boolean {
  const parts = named
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`).test(test);
}

/** As Playwright left them behind: see playwright.config.ts. */
function passedStories(): string[] {
  const { suites, config } = readJson('test-results/e2e.json') as JSONReport;
  const folder = relative(ROOT, config.rootDir);
  const storiesOf = (suite: JSONReportSuite): string[] => [
    ...suite.specs.filter(hasPassed).map(({ file, title }) => `${folder}/${file} > ${title}`),
    ...(suite.suites ?? []).flatMap(storiesOf),
  ];
  return suites.flatMap(storiesOf);
}

/** One that was skipped counts as "ok" there, too. */
function hasPassed({ tests }: JSONReportSpec): boolean {
  return tests.some(({ status }) => status === 'expected');
}
