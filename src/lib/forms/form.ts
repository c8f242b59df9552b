import { Type, type TProperties, type TSchema } from 'typebox';

/** What a page needs to know about a field. Everything about a field is said once, here. */
export interface FieldTraits {
  /** The label beside the input. */
  label: string;
  /** The message for a value that is not valid. It says everything that the rule requires. */
  message: string;
  type?: 'text' | 'email' | 'url' | 'password' | 'checkbox';
  /** The `autocomplete` token of the HTML standard, by which browsers and password managers fill the field in. */
  autocomplete?: string;
  inputmode?: 'numeric';
  /** How many characters the input accepts. By default it is what the rule allows. */
  maxlength?: number;
  /** A sentence between label and input. */
  hint?: string;
  /** The value is never put into a page again, and the input hides what is typed. */
  secret?: boolean;
  /** A person neither sees nor changes this field. */
  hidden?: boolean;
}

/** A field as a page shows it. `name` and `maxlength` come from the form and its rule. */
export interface FieldOnPage extends FieldTraits {
  name: string;
  required: boolean;
}

/** The fields that every form may have: the CSRF token, and the one-time id of the form. */
const commonFields = { _csrf: Type.Optional(Type.String()), form: Type.Optional(Type.String()) };
export const COMMON_FIELDS = Object.keys(commonFields);

type FieldRule = TSchema & { traits?: FieldTraits; maxLength?: number };

/** Joins the rule for a value with what a page needs to know about the field. */
export function field<T extends TSchema>(
  rule: T,
  traits: FieldTraits,
): T & { traits: FieldTraits } {
  return Object.assign(rule, { traits });
}

/** A field that the page fills in and a person does not see. */
export function hiddenField<T extends TSchema>(
  rule: T,
  message = 'Please reload the page and try again.',
): T & { traits: FieldTraits } {
  return field(rule, { label: '', message, hidden: true });
}

/**
 * Creates the schema for the body of a form, or for JSON with the same fields. The body may also contain the CSRF
 * token and the one-time id of the form. `fields` describes the fields for the page.
 */
export function form<T extends TProperties>(properties: T) {
  const schema = Type.Object({ ...properties, ...commonFields }, { additionalProperties: false });
  const required = (schema as { required?: string[] }).required ?? [];
  const entries = Object.entries(properties as Record<string, FieldRule>);
  const fields = Object.fromEntries(
    entries.map(([name, rule]) => [name, describeField(name, rule, required)]),
  ) as Record<keyof T & string, FieldOnPage>;
  return Object.assign(schema, { fields });
}

/** Any form: its schema, and its fields as a page shows them. */
export type Form = TSchema & { fields: Record<string, FieldOnPage> };

function describeField(name: string, rule: FieldRule, required: readonly string[]): FieldOnPage {
  const traits = rule.traits ?? { label: name, message: 'Please check this value.' };
  // A browser cuts a pasted value at maxlength and does not say so. A cut password would be another password.
  const maxlength = traits.secret ? undefined : (traits.maxlength ?? rule.maxLength);
  const type = traits.type ?? (traits.secret ? 'password' : 'text');
  return { ...traits, name, type, maxlength, required: required.includes(name) };
}
