import type { Form } from '../lib/forms/form.ts';
import type { FieldErrors } from '../lib/problem.ts';

/** Returns the message of every visible field of a form, as if all of them were wrong. */
export function allErrors({ fields }: Pick<Form, 'fields'>): FieldErrors {
  const visible = Object.values(fields).filter(({ hidden }) => !hidden);
  return Object.fromEntries(visible.map(({ name, message }) => [name, message]));
}
