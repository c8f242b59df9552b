import { Type, type Static } from 'typebox';
import { field, form, hiddenField } from '../../lib/forms/form.ts';
import { invalid } from '../../lib/problem.ts';
import { readWholeNumber } from '../../lib/text/whole-number.ts';
import { cartLimits } from '../../store/contract/carts.ts';

const CHANGE_ID = /^[A-Za-z0-9_-]{8,64}$/;
const SLUG = '^[a-z0-9-]{1,60}$';

/** A form sends digits, JSON a number. A number above the limit is allowed: the cart stores the limit and says so. */
const quantityField = (minimum: 0 | 1) =>
  field(
    Type.Union([
      Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER }),
      Type.String({ format: minimum === 0 ? 'whole-number' : 'positive-number' }),
    ]),
    {
      label: 'Quantity',
      message: `Enter a whole number from ${minimum} to ${cartLimits.quantity}.`,
      inputmode: 'numeric',
      maxlength: 4,
      autocomplete: 'off',
    },
  );

/** Sent as a field or as the Idempotency-Key header. So it is optional here, and `changeIdOf` requires one of them. */
const changeField = hiddenField(
  Type.Optional(Type.String({ pattern: CHANGE_ID.source })),
  'Give the change an id of 8 to 64 letters, digits, _ or -.',
);

const versionField = hiddenField(
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,15}$' })]),
  ),
);

const productField = hiddenField(Type.String({ pattern: SLUG }), 'Choose a product.');

export const addForm = form({
  product: productField,
  quantity: quantityField(1),
  change: changeField,
});

/** The form of "−" and "Remove" in the cart is also the form of "+", which adds the product that it names. */
export const setForm = form({
  product: hiddenField(Type.Optional(Type.String({ pattern: SLUG }))),
  quantity: quantityField(0),
  change: changeField,
});
export const clearForm = form({ change: changeField });
export const undoForm = form({ change: changeField, version: versionField });

export const lineParams = Type.Object({ slug: Type.String({ pattern: SLUG }) });

interface Sent {
  headers: Record<string, string | string[] | undefined>;
  body: { change?: string };
}

/** Returns the id of a change. @throws {Problem} invalid, when there is none: then a repeat could not be recognised */
export function changeIdOf({ headers, body }: Sent): string {
  // The draft puts the header in quotes (draft-ietf-httpapi-idempotency-key-header, 2.1).
  const key = headers['idempotency-key']?.toString().replace(/^"(.*)"$/, '$1');
  const id = body.change ?? key;
  if (id && CHANGE_ID.test(id)) return id;
  throw invalid({ change: addForm.fields.change.message });
}

/**
 * Reads a quantity.
 * @throws {Problem} invalid, for a number in quotes in JSON: only a form has to send numbers as text
 */
export function wholeNumber(
  { headers }: Pick<Sent, 'headers'>,
  value: Static<typeof addForm>['quantity'],
): number {
  if (typeof value === 'string' && /^application\/json/i.test(String(headers['content-type']))) {
    throw invalid({ quantity: addForm.fields.quantity.message });
  }
  return typeof value === 'string' ? readWholeNumber(value)! : value;
}
