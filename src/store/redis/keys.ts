type OwnerKind =
  | 'devices'
  | 'cart' // shop
  | 'changes' // shop
  | 'undo' // shop
  | 'moved' // shop
  | 'claimed' // shop
  | 'quarantine' // shop
  | 'events';

/**
 * Returns a key of an owner. All keys of an owner have the same hash tag, so that on a cluster they are on one server and
 * one script can use them all.
 */
export function ownerKey(kind: OwnerKind, owner: string): string {
  return `${kind}:{${owner}}`;
}

/** Reads the answer to HGETALL, which is a list of name, value, name, value and so on. */
export function* flatPairs(flat: Buffer[]): Generator<[string, Buffer]> {
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [name, value] = [flat[i], flat[i + 1]] as [Buffer, Buffer];
    yield [name.toString(), value];
  }
}
