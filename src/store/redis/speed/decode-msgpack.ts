/** For speed only: without this file the shop is the same and slower. */

export type Packed = Buffer | Packed[];

/**
 * Reads MessagePack (msgpack.org), as far as `cmsgpack.pack` in a script makes it of strings and lists. A packed answer
 * is one string, which ioredis parses faster than a list of fifty. With batch.ts and answer-memo.ts this took a page
 * from 158 to 100 microseconds (docs/performance.md). Nothing is copied.
 * @throws {RangeError} when the bytes contain something else or are cut off
 */
export function unpack(bytes: Buffer): Packed {
  let at = 0;

  function next(): Packed {
    const code = bytes.readUInt8(at);
    at += 1;
    if (code >= 0xa0 && code < 0xc0) return text(code - 0xa0);
    if (code >= 0x90 && code < 0xa0) return list(code - 0x90);
    switch (code) {
      case 0xd9:
        return text(size(1));
      case 0xda:
        return text(size(2));
      case 0xdb:
        return text(size(4));
      case 0xdc:
        return list(size(2));
      case 0xdd:
        return list(size(4));
      default:
        throw new RangeError(`Neither a string nor a list: code ${code}.`);
    }
  }

  function size(width: number): number {
    const value = bytes.readUIntBE(at, width);
    at += width;
    return value;
  }

  function text(length: number): Buffer {
    at += length;
    if (at > bytes.length) throw new RangeError('The bytes are cut off.');
    return bytes.subarray(at - length, at);
  }

  function list(length: number): Packed[] {
    const items: Packed[] = [];
    while (items.length < length) items.push(next());
    return items;
  }

  return next();
}
