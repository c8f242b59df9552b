export const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escapes a value for text and for quoted attributes. Only strings, numbers and booleans are printed; Eta alone would
 * print "undefined" for a missing value.
 */
export function escapeHtml(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  return value.replace(/[&<>"']/g, (character) => entities[character]!);
}
