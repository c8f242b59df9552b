import { Type, type Static } from 'typebox';
import { field, form } from '../domain/form.ts';
import { Problem } from '../domain/problem.ts';
import { cartLimits } from '../state/contract.ts';

const CHANGE_ID = /^[A-Za-z0-9_-]{8,64}$/;
const SLUG = '^[a-z0-9-]{1,60}$';

/** A form sends digits, JSON a number. Above the cap is fine: the cart stores the cap and says so. */
const quantity = (minimum: 0 | 1) =>
  field(
    Type.Union([
      Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER }),
      Type.String({ pattern: minimum === 0 ? '^[0-9]{1,15}$' : '^0{0,14}[1-9][0-9]{0,14}$' }),
    ]),
    `Enter a whole number from ${minimum} to ${cartLimits.quantity}.`,
  );

/** Sent as a field or as the Idempotency-Key header, so optional here and demanded by `changeIdOf`. */
const change = field(
  Type.Optional(Type.String({ pattern: CHANGE_ID.source })),
  'Give the change an id of 8 to 64 letters, digits, _ or -.',
);

const version = field(
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,15}$' })]),
  ),
  'Reload the page and try again.',
);

const product = field(Type.String({ pattern: SLUG }), 'Choose a product.');

export const addForm = form({ product, quantity: quantity(1), change });
/** In the cart, the form of "−" and "Remove" is also that of "+", which adds the product it names. */
export const setForm = form({ product: Type.Optional(product), quantity: quantity(0), change });
export const clearForm = form({ change });
export const undoForm = form({ change, version });

export const lineParams = Type.Object({ slug: Type.String({ pattern: SLUG }) });

interface Sent {
  headers: Record<string, string | string[] | undefined>;
  body: { change?: string };
}

/** @throws {Problem} invalid, where a change has no id: a repeat could not be told from a second wish */
export function changeIdOf({ headers, body }: Sent): string {
  // The draft for the header has it in quotes (draft-ietf-httpapi-idempotency-key-header, 2.1).
  const key = headers['idempotency-key']?.toString().replace(/^"(.*)"$/, '$1');
  const id = body.change ?? key;
  if (id && CHANGE_ID.test(id)) return id;
  throw new Problem('invalid', { fields: { change: change.message } });
}

/** @throws {Problem} invalid, for a number in quotes in JSON: only forms have nothing but text */
export function wholeNumber(
  { headers }: Pick<Sent, 'headers'>,
  value: Static<typeof addForm>['quantity'],
): number {
  if (typeof value === 'string' && /^application\/json/i.test(String(headers['content-type']))) {
    throw new Problem('invalid', { fields: { quantity: addForm.properties.quantity.message } });
  }
  return Number(value);
}
