import { domainToASCII, domainToUnicode } from 'node:url';
import { withoutInvisible } from './text/invisible.ts';

/** In bytes (RFC 5321, 4.5.3.1). */
const LONGEST_LOCAL_PART = 64;
const LONGEST_ADDRESS = 254;
/** Longer texts are no addresses, and are not worth the work. In characters. */
const LONGEST_TEXT = 1000;

/** Two labels or more of letters, digits and hyphens. The last one is not a number, as it is in an IP address. */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+(?!\\d+$)${LABEL}$`);
/** What `domainToASCII` reads as a part of a URL: it cuts at a slash, decodes a percent sign, and counts in hex. */
const PART_OF_URL = /[\s%/?#:@\\[\]]|(^|\.)(0x[0-9a-f]*|\d+)\.*$/i;

/** Letters that a browser and a person do not tell apart at a glance. A label with several of them may be a fake. */
const ALIKE = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Cherokee'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

/**
 * Returns an address as it is stored and compared. The domain is in ASCII, because browsers send it either way. What is
 * before it follows RFC 8265, 3.3: wide letters become usual ones, capitals become small, accents are composed.
 * Characters that nobody sees are dropped: they come along when an address is pasted.
 */
export function canonicalEmail(text: string): string {
  const usual = text.slice(0, LONGEST_TEXT).replace(/[\uFE6B\uFF00-\uFFEF]/g, toUsualWidth);
  const [local, domain] = partsOf(withoutInvisible(usual).trim());
  // Some capitals become two characters, which are composed again.
  const small = local.normalize('NFC').toLowerCase().normalize('NFC');
  return domain === null ? small : `${small}@${canonicalDomain(domain)}`;
}

/** Returns true for an address to which mail can be sent, in any spelling. */
export function isEmailAddress(text: string): boolean {
  if (text.length > LONGEST_TEXT) return false;
  const address = canonicalEmail(text);
  const [local, domain] = partsOf(address);
  return (
    domain !== null &&
    /^[^\s@]+$/.test(local) &&
    DOMAIN.test(domain) &&
    Buffer.byteLength(local) <= LONGEST_LOCAL_PART &&
    Buffer.byteLength(address) <= LONGEST_ADDRESS
  );
}

/**
 * Returns a stored address as a person reads it, with the domain in its own script. A domain that could be taken for
 * another one stays in ASCII.
 */
export function readableEmail(address: string): string {
  const [local, domain] = partsOf(address);
  if (!domain?.includes('xn--')) return address;
  const readable = domainToUnicode(domain);
  const isPlain = domainToASCII(readable) === domain && !readable.split('.').some(mixesScripts);
  return isPlain ? `${local}@${readable}` : address;
}

/** @returns null for the domain of a text that is no address */
function partsOf(text: string): [local: string, domain: string | null] {
  const at = text.lastIndexOf('@');
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function canonicalDomain(domain: string): string {
  const ascii = PART_OF_URL.test(domain) ? '' : domainToASCII(domain);
  // With a dot at its end a domain is the same one (RFC 1034, 3.1).
  return (ascii || domain.toLowerCase()).replace(/\.$/, '');
}

function mixesScripts(label: string): boolean {
  return ALIKE.filter((script) => script.test(label)).length > 1;
}

function toUsualWidth(character: string): string {
  return character.normalize('NFKC');
}
