export type Packed = Buffer | Packed[];

/**
 * Reads what `cmsgpack.pack` makes of a list of strings and of such lists (msgpack.org). A script that packs its
 * answer spares us the protocol's own lists, which ioredis takes apart piece by piece. Nothing is copied.
 * @throws {RangeError} where it is anything else
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
        throw new RangeError(`neither a string nor a list: ${code}`);
    }
  }

  function size(width: number): number {
    const value = bytes.readUIntBE(at, width);
    at += width;
    return value;
  }

  function text(length: number): Buffer {
    at += length;
    if (at > bytes.length) throw new RangeError('cut off');
    return bytes.subarray(at - length, at);
  }

  function list(length: number): Packed[] {
    const items: Packed[] = [];
    while (items.length < length) items.push(next());
    return items;
  }

  return next();
}
