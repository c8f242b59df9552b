/**
 * Encodes a value that JSON can express in MessagePack (msgpack.org), each number and length in as few bytes as
 * possible.
 */
export function encodeMsgpack(value: unknown): Buffer {
  switch (typeof value) {
    case 'boolean':
      return Buffer.of(value ? 0xc3 : 0xc2);
    case 'number':
      return encodeNumber(value);
    case 'string': {
      const text = Buffer.from(value);
      const head =
        text.length < 32 ? Buffer.of(0xa0 + text.length) : encodeInteger(0xd9, text.length);
      return Buffer.concat([head, text]);
    }
  }
  if (Array.isArray(value)) {
    const head =
      value.length < 16 ? Buffer.of(0x90 + value.length) : encodeInteger(0xdb, value.length, 1);
    return Buffer.concat([head, ...value.map(encodeMsgpack)]);
  }
  if (!value) return Buffer.of(0xc0);
  const entries = Object.entries(value);
  const head =
    entries.length < 16 ? Buffer.of(0x80 + entries.length) : encodeInteger(0xdd, entries.length, 1);
  return Buffer.concat([head, ...entries.flat().map(encodeMsgpack)]);
}

function encodeNumber(n: number): Buffer {
  if (!Number.isSafeInteger(n)) {
    const bytes = Buffer.of(0xcb, 0, 0, 0, 0, 0, 0, 0, 0);
    bytes.writeDoubleBE(n, 1);
    return bytes;
  }
  if (n >= -32 && n < 128) return Buffer.of(n & 0xff);
  return encodeInteger(n < 0 ? 0xd0 : 0xcc, n);
}

/**
 * Encodes an integer as a code for its width, followed by its bytes.
 * @param code the code that a width of one byte has or would have; the next codes are for 2, 4 and 8 bytes
 * @param least the smallest width that the format has, as a power of two
 */
function encodeInteger(code: number, n: number, least = 0): Buffer {
  const magnitude = n < 0 ? -2 * n - 1 : n;
  const limits = [2 ** 8, 2 ** 16, 2 ** 32, Infinity];
  const power = limits.findIndex((limit, at) => at >= least && magnitude < limit);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(n));
  return Buffer.concat([Buffer.of(code + power), bytes.subarray(-(2 ** power))]);
}
