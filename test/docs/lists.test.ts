import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { PAGE, renderLists } from '../../scripts/write-lists.ts';
import { attacks, faults, requirements } from '../support/named-tests.ts';

suite('docs/asvs.md', () => {
  const page = readFileSync(PAGE, 'utf8');

  test('is what npm run lists writes', async () => {
    assert.equal(page, await renderLists());
  });

  test('has every requirement, attack and fault, with what it asks for', () => {
    const named = [...page.matchAll(/^\*\*(.+?)\*\* (.*)$/gm)];
    assert.equal(named.length, requirements.length + attacks.length + faults.length);
    for (const [, id, text = ''] of named) assert.ok(text !== '' && text !== 'undefined', id);
  });
});
