import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWholeNumber } from '../../../src/lib/text/whole-number.ts';

test('the digits of every script are read as the numbers that they mean', () => {
  for (const numberingSystem of Intl.supportedValuesOf('numberingSystem')) {
    const format = new Intl.NumberFormat('en', { numberingSystem, useGrouping: false });
    const text = format.format(1_234_567_890);
    // Some systems have no digits in rows, such as the Chinese one.
    if (!/^\p{Nd}+$/u.test(text)) continue;
    assert.equal(readWholeNumber(text), 1_234_567_890, numberingSystem);
  }
});

test('blanks and marks of direction around a number do not count', () => {
  for (const text of [' 42', '42 ', '\u00A042\u3000', '\t42', '\u200F42\u200E']) {
    assert.equal(readWholeNumber(text), 42);
  }
});

for (const text of [
  '',
  ' ',
  '4 2',
  '-1',
  '+1',
  '1.5',
  '1,5',
  '²',
  'Ⅳ',
  '四',
  '1'.repeat(16),
  '1\n',
]) {
  test(`${JSON.stringify(text)} is not a whole number`, () => {
    assert.equal(readWholeNumber(text), null);
  });
}
