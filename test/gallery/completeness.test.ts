import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { entries } from '../../src/gallery/entries.ts';

const VIEWS = fileURLToPath(new URL('../../views', import.meta.url));

/** Templates that are only included by others. */
const INCLUDED = /(^|\/)partials\/|^layouts\/|^auth\/username$/;

test('every view has an entry in the gallery', () => {
  const views = globSync('**/*.eta', { cwd: VIEWS })
    .map((file) => file.replace(/\.eta$/, ''))
    .filter((view) => !INCLUDED.test(view) && view !== 'gallery/index');
  const shown = new Set<string>([...entries.values()].map(({ view }) => view));

  assert.ok(views.length >= 10);
  assert.deepEqual(
    views.filter((view) => !shown.has(view)),
    [],
  );
});
