import { Problem, type FieldErrors } from '../problem.ts';
import type { FieldOnPage } from './form.ts';

/** The part of an ajv error that is read here. */
interface RuleError {
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
}

/**
 * Turns a failed validation into a message for each field.
 * @returns null when the validation did not fail
 * @throws {Problem} bad-request, for fields that the form does not have
 */
export function fieldErrors(
  { fields }: { fields: Record<string, FieldOnPage> },
  failure: { validation?: RuleError[] } | undefined,
): FieldErrors | null {
  if (!failure) return null;
  const errors: FieldErrors = {};
  for (const { instancePath, keyword, params } of failure.validation ?? []) {
    if (keyword === 'additionalProperties' || (keyword === 'type' && instancePath === '')) {
      throw new Problem('bad-request');
    }
    const name =
      keyword === 'required' ? String(params.missingProperty) : instancePath.split('/')[1];
    if (name) errors[name] = fields[name]?.message ?? 'Please check this value.';
  }
  return errors;
}
