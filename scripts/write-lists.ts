/**
 * npm run lists
 *
 * Writes docs/asvs.md from the lists beside the security tests. test/docs/lists.test.ts fails when the page is not up to
 * date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { attacks, faults, requirements, type Requirement } from '../test/support/named-tests.ts';

export const PAGE = fileURLToPath(new URL('../docs/asvs.md', import.meta.url));
const ASKS = new URL('../test/docs/asvs-asks.json', import.meta.url);

/** What OWASP asks for, in a few words of ours: chapter -> its name, and id -> what the requirement asks for. */
const { chapters, asks } = JSON.parse(readFileSync(ASKS, 'utf8')) as {
  chapters: Record<string, string>;
  asks: Record<string, string>;
};

const states = {
  held: 'held',
  deviation: 'not held, on purpose',
  'not-applicable': 'does not apply',
  open: 'open',
} as const;

const INTRODUCTION = `# Requirements, attacks and faults

This page is written by \`npm run lists\`, from the lists in \`test/security/\`. Change the lists, not the page.

It has ${requirements.length} requirements of the
[OWASP Application Security Verification Standard 5.0](https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en), in a few words of
ours. Left out are those about things that the shop does not have, such as OAuth, self-contained tokens, uploads and WebRTC.

A requirement that is held names the tests that hold it. The last step of \`npm test\` fails when one of them did not run
and pass. In the name of a test, \`\${…}\` stands for a part that varies.`;

if (import.meta.main) writeFileSync(PAGE, await renderLists());

/** Returns the page as it should be. */
export async function renderLists(): Promise<string> {
  const parts = [
    INTRODUCTION,
    summary(),
    ...Object.keys(chapters).map(chapterOf),
    '## Attacks',
    'Made on a running shop.',
    ...attacks.map(({ id, attack, tests }) => entry(String(id), attack, testsOf(tests))),
    '## Faults',
    'What can break around the shop, and how the shop survives it.',
    ...faults.map(({ id, fault, tests, bench }) =>
      entry(String(id), fault, [
        ...testsOf(tests),
        ...(bench ? [`- \`${bench}\`, at full size`] : []),
      ]),
    ),
  ];
  const options = await resolveConfig(PAGE);
  return format(parts.join('\n\n'), { ...options, filepath: PAGE });
}

/** How many requirements of each chapter are in which state. */
function summary(): string {
  const names = Object.keys(states) as Requirement['state'][];
  const count = (some: Requirement[]) =>
    names.map((state) => some.filter((one) => one.state === state).length);
  const row = (name: string, some: Requirement[]) => `| ${name} | ${count(some).join(' | ')} |`;
  return [
    `| chapter | ${names.map((state) => states[state]).join(' | ')} |`,
    `| --- ${names.map(() => '| ---').join(' ')} |`,
    ...Object.entries(chapters).map(([chapter, name]) =>
      row(`[${chapter} ${name}](#${anchorOf(chapter)})`, requirementsOf(chapter)),
    ),
    row('all', requirements),
  ].join('\n');
}

function anchorOf(chapter: string): string {
  return `${chapter} ${chapters[chapter]}`
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function chapterOf(chapter: string): string {
  const entries = requirementsOf(chapter).map(({ id, level, state, reason, tests = [] }) =>
    entry(`${id} (level ${level}, ${states[state]})`, asks[id]!, [
      ...(reason ? [escape(reason)] : []),
      ...testsOf(tests),
    ]),
  );
  return [`## ${chapter} ${chapters[chapter]}`, ...entries].join('\n\n');
}

function requirementsOf(chapter: string): Requirement[] {
  return requirements.filter(({ id }) => id.startsWith(`${chapter}.`));
}

function entry(name: string, text: string, lines: string[]): string {
  return [`**${name}** ${escape(text)}`, lines.join('\n')].join('\n\n');
}

/** One item for each file, with the names of its tests. */
function testsOf(tests: string[]): string[] {
  const named = tests.map((test) => test.split(' > ') as [file: string, name: string]);
  const byFile = Object.groupBy(named, ([file]) => file);
  return Object.entries(byFile).map(
    ([file, some = []]) => `- \`${file}\`: ${some.map(([, name]) => escape(name)).join('; ')}`,
  );
}

function escape(text: string): string {
  return text.replace(/[\\`*_<>[\]|]/g, '\\$&');
}
