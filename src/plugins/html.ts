const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const SPECIAL = /[&<>"'\u0100-\uffff]/;
const SPECIALS = /[&<>"'\u{100}-\u{10ffff}]/gu;

/** For text and quoted attributes. Eta prints undefined as a word; here what is no text and no number prints as nothing. */
export function escapeHtml(value: unknown): string {
  if (typeof value === 'string')
    return SPECIAL.test(value) ? value.replace(SPECIALS, entityOf) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

/**
 * Text that is HTML already. One character outside Latin-1, a euro sign, would make the whole page a string of
 * two bytes a character, which is several times as slow to write.
 */
export function escapeText(html: string): string {
  return html.replace(/[\u{100}-\u{10ffff}]/gu, entityOf);
}

function entityOf(character: string): string {
  return entities[character] ?? `&#${character.codePointAt(0)};`;
}
