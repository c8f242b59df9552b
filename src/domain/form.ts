import { Type, type TProperties, type TSchema } from 'typebox';
import { Problem, type FieldErrors } from './problem.ts';

/** A rule and what to tell a person who broke it. One message a field says all that is wanted of it. */
export function field<T extends TSchema>(rule: T, message: string): T & { message: string } {
  return Object.assign(rule, { message });
}

/** The body of a form or of the JSON in its place: these fields, the CSRF token, and no others. */
export function form<T extends TProperties>(fields: T) {
  return Type.Object(
    { ...fields, _csrf: Type.Optional(Type.String()) },
    { additionalProperties: false },
  );
}

/** The part of an ajv error that is read here. */
interface RuleError {
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
}

/**
 * Puts a failed validation into words, field by field.
 * @returns null where all is well
 * @throws {Problem} bad-request, for fields that no form of ours has
 */
export function fieldErrors(
  schema: { properties: object },
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
    const rules = schema.properties as Record<string, { message?: string }>;
    if (name) errors[name] = rules[name]?.message ?? 'This is not what we expected.';
  }
  return errors;
}
