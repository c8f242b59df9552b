import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { memoizeAnswers } from '../../../../src/store/redis/speed/answer-memo.ts';

suite('a remembered answer', () => {
  const open = () => memoizeAnswers((bytes) => ({ text: bytes.toString() }));

  test('is made once of the same bytes', () => {
    const read = open();
    assert.equal(read('ada', Buffer.from('one')), read('ada', Buffer.from('one')));
  });

  test('is made again for other bytes, and once more when the first bytes come back', () => {
    const read = open();
    const texts = ['one', 'two', 'one'].map((text) => read('ada', Buffer.from(text)).text);
    assert.deepEqual(texts, ['one', 'two', 'one']);
  });

  test('is nobody else’s, though the bytes are the same', () => {
    const read = open();
    assert.notEqual(read('ada', Buffer.from('one')), read('bob', Buffer.from('one')));
  });

  test('does not change with the buffer that it came in', () => {
    const read = open();
    const bytes = Buffer.from('one');
    const first = read('ada', bytes);
    bytes.write('two');
    assert.equal(read('ada', Buffer.from('one')), first);
    assert.equal(read('ada', bytes).text, 'two');
  });

  test('is made each time where it is long', () => {
    const read = open();
    const long = Buffer.alloc(5000);
    assert.notEqual(read('ada', long), read('ada', long));
  });
});
