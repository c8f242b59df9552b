/** What each field of a form says when it is wrong. */
export function allErrors({ properties }: { properties: object }): Record<string, string> {
  const rules = Object.entries(properties as Record<string, { message?: string }>);
  return Object.fromEntries(
    rules.flatMap(([name, { message }]) => (message ? [[name, message]] : [])),
  );
}
