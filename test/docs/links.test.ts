import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { documents, read, ROOT } from './documents.ts';

/** Files that a document names as examples. A recipe or the reader makes them. */
const MADE_BY_THE_READER =
  /^(src|views|test)\/(news|shop\/wishes)|wishes|last-link|^data\/|^src\/mine/;

suite('in the documents', () => {
  for (const document of documents) {
    test(`${document} leads only to files and headings that exist`, () => {
      for (const [link, target = '', anchor = ''] of linksOf(document)) {
        const file = target === '' ? document : join(dirname(document), target);
        assert.ok(existsSync(ROOT + file), link);
        if (anchor) assert.ok(anchorsOf(file).includes(anchor), link);
      }
    });

    test(`${document} names only files that exist`, () => {
      for (const path of pathsOf(document)) {
        if (MADE_BY_THE_READER.test(path)) continue;
        assert.notEqual(globSync(path, { cwd: ROOT }).length, 0, path);
      }
    });
  }
});

function linksOf(document: string): RegExpStringIterator<RegExpExecArray> {
  return withoutCode(read(document)).matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g);
}

/** Paths of the project in backticks, such as `src/app.ts` or `src/store/`. */
function pathsOf(document: string): string[] {
  const names = withoutCode(read(document)).matchAll(
    /`((?:\.github|bench|client|docker|docs|e2e|lint|migrations|public|scripts|src|test|views)\/[\w./*{},-]*)`/g,
  );
  return Array.from(names, ([, path = '']) => path);
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(file: string): string[] {
  const headings = withoutCode(read(file)).matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}
