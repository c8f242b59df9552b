/** Label -> how to recognise such a fact. The database has the facts of a product as a plain list. */
const LABELS: Record<string, RegExp> = {
  Size: /\d cm\b/,
  Weight: /^[\d.]+ k?g\b/,
  Volume: /\d litres$/,
  Capacity: /^\d+ (cards|pockets)$|^Holds /,
};

/** Returns the facts of a product in the order of the list, those of one kind together. */
export function factsOf(details: readonly string[]): [label: string, details: string[]][] {
  return Object.entries(Object.groupBy(details, labelOf)) as [string, string[]][];
}

function labelOf(detail: string): string {
  return Object.keys(LABELS).find((label) => LABELS[label]!.test(detail)) ?? 'Material';
}
