/** Keys of one owner share a hash tag, so that a script may touch them all on one server of a cluster. */
export function ownerKey(
  kind: 'cart' | 'changes' | 'undo' | 'moved' | 'devices' | 'quarantine' | 'events',
  owner: string,
): string {
  return `${kind}:{${owner}}`;
}

/** Redis answers a hash as name, value, name, value. */
export function* flatPairs(flat: Buffer[]): Generator<[string, Buffer]> {
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [name, value] = [flat[i], flat[i + 1]] as [Buffer, Buffer];
    yield [name.toString(), value];
  }
}
