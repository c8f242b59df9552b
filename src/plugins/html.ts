import { Memo } from '../memo.ts';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 50;
const known = new Memo<string>(MOST_KNOWN);

const SPECIAL = /[&<>"'\u0100-\uffff]/;
const SPECIALS = /[&<>"'\u{100}-\u{10ffff}]/gu;
const WIDE = /[\u0100-\uffff]/;
const WIDES = /[\u{100}-\u{10ffff}]/gu;

/** For text and quoted attributes. Eta prints undefined as a word; here what is no text and no number prints as nothing. */
export function escapeHtml(value: unknown): string {
  if (typeof value === 'string') return SPECIAL.test(value) ? escapeSpecials(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

/** Prices are most of what needs it, and they are the same on every page. */
function escapeSpecials(text: string): string {
  if (text.length > LONGEST_KNOWN) return escape(text, SPECIALS);
  return known.get(text, () => escape(text, SPECIALS));
}

/** For what is HTML already. */
export function escapeText(html: string): string {
  return escape(html, WIDES);
}

/**
 * One character outside Latin-1, a euro sign, would make the whole page a string of two bytes a character: 25
 * microseconds more to write. What is put in its place must not be made of its string either.
 */
function escape(text: string, characters: RegExp): string {
  const escaped = text.replace(characters, entityOf);
  return WIDE.test(text) ? Buffer.from(escaped, 'latin1').toString('latin1') : escaped;
}

function entityOf(character: string): string {
  return entities[character] ?? `&#${character.codePointAt(0)};`;
}
