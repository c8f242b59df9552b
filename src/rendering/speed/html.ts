/** For speed only: without this file the shop is the same and slower. */
import { Memo } from '../../lib/speed/memo.ts';
import { entities } from '../escape.ts';

const MOST_CACHED = 1000;
const LONGEST_CACHED = 50;
const escapedTexts = new Memo<string>(MOST_CACHED);

const SPECIAL = /[&<>"'\u0100-\uffff]/;
const SPECIALS = /[&<>"'\u{100}-\u{10ffff}]/gu;
const WIDE = /[\u0100-\uffff]/;
const WIDES = /[\u{100}-\u{10ffff}]/gu;

/** Does the same as escapeHtml in ../escape.ts, and also replaces every character outside Latin-1. */
export function escapeHtml(value: unknown): string {
  if (typeof value === 'string') return SPECIAL.test(value) ? escapeSpecials(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

/** Most values that need escaping are prices, and the same prices are on every page. */
function escapeSpecials(text: string): string {
  if (text.length > LONGEST_CACHED) return escape(text, SPECIALS);
  return escapedTexts.get(text, () => escape(text, SPECIALS));
}

/** Replaces the characters outside Latin-1 in HTML. */
export function escapeWideCharacters(html: string): string {
  return escape(html, WIDES);
}

/**
 * A single character outside Latin-1, such as a euro sign, makes the whole page a string with two bytes for each
 * character, which takes 25 microseconds longer to write. The replaced text must not be a slice of such a string
 * either, so it is copied.
 */
function escape(text: string, characters: RegExp): string {
  const escaped = text.replace(characters, entityOf);
  return WIDE.test(text) ? Buffer.from(escaped, 'latin1').toString('latin1') : escaped;
}

function entityOf(character: string): string {
  return entities[character] ?? `&#${character.codePointAt(0)};`;
}
