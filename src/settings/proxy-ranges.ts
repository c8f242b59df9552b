import { BlockList, isIP } from 'node:net';

/** The widest private ranges are 10.0.0.0/8 and fc00::/7. A network that is wider is not one of proxies. */
const FEWEST_BITS = { ipv4: 8, private: 7, ipv6: 20 };
/** How much of all IPv4 addresses the ranges may have together. */
const LARGEST_SHARE = 1 / 16;

const privateIpv6 = new BlockList();
privateIpv6.addSubnet('fc00::', FEWEST_BITS.private, 'ipv6');

/**
 * Returns true for addresses and CIDR ranges that can be those of proxies. Ranges that contain a large part of the
 * internet are refused, because then every client could forge its address.
 */
export function areProxyRanges(ranges: readonly string[]): boolean {
  return ranges.every(isProxyRange) && sum(ranges.map(shareOfIpv4)) <= LARGEST_SHARE;
}

function isProxyRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const version = isIP(address);
  // An address with a zone (fe80::1%eth0) has a meaning on one machine only.
  if (version === 0 || rest.length > 0 || address.includes('%')) return false;
  if (bits === undefined) return true;
  if (!/^[1-9]\d{0,2}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128)) return false;
  return Number(bits) >= fewestBits(address, version);
}

function fewestBits(address: string, version: number): number {
  if (version === 4) return FEWEST_BITS.ipv4;
  // ::ffff:0:0/96 contains all of IPv4.
  if (/^::ffff:/i.test(address)) return 96 + FEWEST_BITS.ipv4;
  return privateIpv6.check(address, 'ipv6') ? FEWEST_BITS.private : FEWEST_BITS.ipv6;
}

function shareOfIpv4(range: string): number {
  const [address = '', bits = '32'] = range.split('/');
  return isIP(address) === 4 ? 2 ** -Number(bits) : 0;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
