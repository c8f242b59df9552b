import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fieldErrors } from '../../lib/forms/field-errors.ts';
import { invalid, type FieldErrors } from '../../lib/problem.ts';
import type { CartChange } from '../../store/contract/carts.ts';
import { SessionGone } from '../../store/contract/errors.ts';
import { newGuest } from '../../store/contract/owner.ts';
import type { Product } from '../../database/schema.ts';
import { priceCart } from '../priced-cart.ts';
import { sendCart, showCart } from './cart-page.ts';
import {
  addForm,
  changeIdOf,
  clearForm,
  lineParams,
  setForm,
  undoForm,
  wholeNumber,
} from './forms.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    /** An add form that comes back, because the quantity was wrong. */
    'shop/add': { product: Product; quantity: unknown; errors: FieldErrors };
  }
}

const NOT_SOLD = 'We no longer sell this.';

/**
 * The changes of a cart, for forms and for JSON. Each change has an id, so that a form that arrives twice counts once.
 */
export const changeCart: FastifyPluginAsyncTypebox = async (app) => {
  const offeredOn = '/cart';

  app.post(
    '/cart/lines',
    { schema: { body: addForm }, attachValidation: true, config: { form: addForm, offeredOn } },
    async (request, reply) => {
      const errors = fieldErrors(addForm, request.validationError);
      if (errors) return addAgain(request, reply, errors);
      const slug = request.body.product;
      const quantity = wholeNumber(request, request.body.quantity);
      const id = changeIdOf(request);
      if (!app.products.find(slug)) return answerNotSold(request, reply, slug);
      return apply(request, reply, { id, kind: 'add', slug, quantity });
    },
  );

  app.post(
    '/cart/lines/:slug',
    {
      schema: { params: lineParams, body: setForm },
      attachValidation: true,
      config: { form: setForm, offeredOn },
    },
    async (request, reply) => {
      const { slug } = request.params;
      const errors = fieldErrors(setForm, request.validationError);
      if (errors) return cartAgain(request, reply, errors, slug);
      const quantity = wholeNumber(request, request.body.quantity);
      const id = changeIdOf(request);
      if (quantity > 0 && !app.products.find(slug)) return answerNotSold(request, reply, slug);
      return apply(request, reply, { id, kind: 'set', slug, quantity });
    },
  );

  app.post(
    '/cart/clear',
    { schema: { body: clearForm }, attachValidation: true, config: { form: clearForm, offeredOn } },
    async (request, reply) => {
      const errors = fieldErrors(clearForm, request.validationError);
      if (errors) return cartAgain(request, reply, errors);
      return apply(request, reply, { id: changeIdOf(request), kind: 'clear' });
    },
  );

  app.post(
    '/cart/undo',
    { schema: { body: undoForm }, attachValidation: true, config: { form: undoForm, offeredOn } },
    async (request, reply) => {
      const errors = fieldErrors(undoForm, request.validationError);
      if (errors) return cartAgain(request, reply, errors);
      const version = request.body.version === undefined ? undefined : Number(request.body.version);
      return apply(request, reply, { id: changeIdOf(request), kind: 'undo', version });
    },
  );

  async function apply(request: FastifyRequest, reply: FastifyReply, change: CartChange) {
    if (isLate(request)) throw new SessionGone();
    // A guest's change may arrive after the sign-in, and is then applied to the user's cart. A user's change must not
    // be applied after their session has ended.
    const session = request.user ? request.sessionHash : undefined;
    // A guest gets a cart and a session with the first change, because that is the first thing they do on purpose.
    const isFirstVisit = !request.session.owner;
    const owner = request.session.owner ?? newGuest();
    if (isFirstVisit) await app.rateLimits.countAddress(request, 'guests', 'too-many-guests');
    const cart = await app.store.carts.change(owner, change, session, isFirstVisit);
    // Set only now, so that a change that failed does not create a session.
    request.session.owner = owner;
    if (!request.wantsJson) return reply.redirect('/cart', 303);
    return sendCart(reply, priceCart(cart, app.products));
  }

  /** A product that is no longer sold does not change the cart. If a line of the cart has it, the line says so. */
  function answerNotSold(request: FastifyRequest, reply: FastifyReply, slug: string) {
    const { cart, session, wantsJson } = request;
    const isInCart = cart.lines.some((line) => line.slug === slug);
    if (!wantsJson && session.owner) {
      if (!isInCart) request.flash('error', NOT_SOLD);
      return reply.redirect('/cart', 303);
    }
    const priced = priceCart(cart, app.products);
    if (!isInCart) priced.notices.push({ code: 'gone', slug, message: NOT_SOLD });
    if (wantsJson) return sendCart(reply, priced);
    // A stranger gets no session only for a message.
    return showCart(reply.code(422), { cart: priced });
  }

  function cartAgain(request: FastifyRequest, reply: FastifyReply, errors: FieldErrors, slug = '') {
    if (request.wantsJson) throw invalid(errors);
    const { quantity } = (request.body ?? {}) as { quantity?: unknown };
    return showCart(reply.code(422), { errors, wrong: { slug, quantity } });
  }

  function addAgain(request: FastifyRequest, reply: FastifyReply, errors: FieldErrors) {
    const { product: slug, quantity } = (request.body ?? {}) as Record<string, unknown>;
    const product = typeof slug === 'string' ? app.products.find(slug) : undefined;
    if (request.wantsJson || !product) throw invalid(errors);
    return reply.code(422).page('shop/add', { title: product.name, product, quantity, errors });
  }
};

/**
 * Returns true for a change that a script has kept until its user was signed out. It has a CSRF token, which only forms
 * of a user have. It must not change the cart of the next person who uses this browser. A form that comes without a
 * script is not late: a person has just pressed its button.
 */
function isLate({ user, wantsJson, body }: FastifyRequest): boolean {
  return !user && wantsJson && Object.hasOwn(body as object, '_csrf');
}
