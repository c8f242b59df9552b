import { isIPv4 } from 'node:net';

/**
 * Returns the addresses that one customer of a network has: one IPv4 address, or the /64 of an IPv6 address. A rate
 * limit for single IPv6 addresses would have no effect, because a customer has 2^64 of them.
 */
export function addressBlock(address: string): string {
  const v4 = withoutMapping(address);
  return isIPv4(v4) ? v4 : `${groupsOf(address).slice(0, 4).join(':')}::/64`;
}

/** A block of addresses, and how many times as much it may do as the addresses of one customer. */
export interface AddressBlock {
  block: string;
  share: number;
}

/**
 * Returns the blocks that contain an address, the narrowest first. Providers give their customers a /64, a /56 or a /48
 * of IPv6. Somebody with a /48 has 65,536 blocks of /64, so each of the wider blocks is limited too.
 */
export function addressBlocks(address: string): AddressBlock[] {
  const narrowest = { block: addressBlock(address), share: 1 };
  if (isIPv4(withoutMapping(address))) return [narrowest];
  const [a, b, c, d] = groupsOf(address) as [string, string, string, string];
  const high = Number.parseInt(d, 16) >> 8;
  return [
    narrowest,
    { block: `${a}:${b}:${c}:${(high << 8).toString(16)}::/56`, share: 4 },
    { block: `${a}:${b}:${c}::/48`, share: 16 },
  ];
}

/** Returns the widest block of addresses that one customer of a network may have. */
export function widestBlock(address: string): string {
  return addressBlocks(address).at(-1)!.block;
}

/** Returns the part of an address that names the network and not the person: /24 of IPv4, /48 of IPv6. */
export function networkOf(address: string): string {
  const v4 = withoutMapping(address);
  return isIPv4(v4)
    ? `${v4.split('.').slice(0, 3).join('.')}.*`
    : `${groupsOf(address).slice(0, 3).join(':')}:*`;
}

function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Returns the eight groups of an IPv6 address, in the notations with and without `::` (RFC 4291, 2.2). */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16));
}
