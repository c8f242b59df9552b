import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Memo } from '../../../src/lib/speed/memo.ts';

suite('a memo', () => {
  test('makes a value once', () => {
    const memo = new Memo<number>(10);
    let made = 0;

    const values = [1, 2, 3].map(() => memo.get('a', () => (made += 1)));
    assert.deepEqual(values, [1, 1, 1]);
  });

  test('tries again what failed', () => {
    const memo = new Memo<string>(10);

    assert.equal(
      memo.get('a', () => null),
      null,
    );
    assert.equal(
      memo.get('a', () => 'now'),
      'now',
    );
  });

  test('forgets the oldest, and keeps what is asked for again and again', () => {
    const memo = new Memo<string>(4);
    for (const key of ['often', 'once', 'often', 'b', 'often', 'c', 'often', 'd', 'often']) {
      memo.get(key, () => key);
    }

    assert.equal(
      memo.get('once', () => 'made anew'),
      'made anew',
    );
    assert.equal(
      memo.get('often', () => 'made anew'),
      'often',
    );
  });
});
