import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { encodeMsgpack } from '../../../../src/main/encode-msgpack.ts';
import { unpack, type Packed } from '../../../../src/store/redis/speed/decode-msgpack.ts';

const readable = (packed: Packed): unknown =>
  Array.isArray(packed) ? packed.map(readable) : packed.toString();

suite('a packed answer', () => {
  const values: [what: string, value: unknown][] = [
    ['an empty string', ''],
    ['an empty list', []],
    ['a string of 31 bytes', 'x'.repeat(31)],
    ['a string of 32 bytes', 'x'.repeat(32)],
    ['a string of 255 bytes', 'x'.repeat(255)],
    ['a string of 256 bytes', 'x'.repeat(256)],
    ['a string of 65,536 bytes', 'x'.repeat(65_536)],
    ['a list of 15', Array.from({ length: 15 }, String)],
    ['a list of 16', Array.from({ length: 16 }, String)],
    ['a list of 65,536', Array.from({ length: 65_536 }, () => '')],
    ['lists in a list', [['a', 'b'], [], ['c'], '4']],
    ['characters of several bytes', '€ \u{1f45c}'],
  ];
  for (const [what, value] of values) {
    test(`${what} is read as it was written`, () => {
      assert.deepEqual(readable(unpack(encodeMsgpack(value))), value);
    });
  }

  const others: [what: string, bytes: Buffer][] = [
    ['nothing', Buffer.of()],
    ['a number', encodeMsgpack(7)],
    ['a string that is cut off', encodeMsgpack('satchel').subarray(0, 4)],
    ['a long string that is cut off', encodeMsgpack('x'.repeat(300)).subarray(0, 200)],
    ['a list that is cut off', encodeMsgpack(['a', 'b']).subarray(0, 3)],
  ];
  for (const [what, bytes] of others) {
    test(`${what} is refused`, () => {
      assert.throws(() => unpack(bytes), RangeError);
    });
  }
});
