import { Type, type TProperties, type TSchema } from 'typebox';

/** What a page has to know of a field. Everything that is said about a field stands here, once. */
export interface FieldTraits {
  /** The label beside the input. */
  label: string;
  /** What is told to a person who broke the rule. One message says everything that the rule wants. */
  message: string;
  type?: 'text' | 'email' | 'url' | 'password' | 'checkbox';
  /** The token of the HTML standard by which browsers and password managers fill the field in. */
  autocomplete?: string;
  inputmode?: 'numeric';
  /** How many characters the input takes. By default it is what the rule allows. */
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

type FieldRule = TSchema & { traits?: FieldTraits; maxLength?: number };

/** Joins a rule for a value with what a page has to know of the field. */
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
 * The body of a form, or of the JSON in its place: these fields and the CSRF token.
 * `fields` describes them for the page.
 */
export function form<T extends TProperties>(properties: T) {
  const schema = Type.Object(
    { ...properties, _csrf: Type.Optional(Type.String()) },
    { additionalProperties: false },
  );
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
  // A browser cuts a pasted value at maxlength without a word, which would make a password another one.
  const maxlength = traits.secret ? undefined : (traits.maxlength ?? rule.maxLength);
  const type = traits.type ?? (traits.secret ? 'password' : 'text');
  return { ...traits, name, type, maxlength, required: required.includes(name) };
}
