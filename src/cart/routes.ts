import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fieldErrors } from '../domain/form.ts';
import { priceCart } from '../domain/priced-cart.ts';
import { Problem, type FieldErrors } from '../domain/problem.ts';
import type { Cart, CartChange, Owner } from '../state/contract.ts';
import {
  addForm,
  changeIdOf,
  clearForm,
  lineParams,
  setForm,
  undoForm,
  wholeNumber,
} from './forms.ts';

const NOT_SOLD = 'We do not sell that.';

/** Pages and JSON from the same routes. Every change bears an id, so that a form may come twice and count once. */
export const cartRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/cart', async (request, reply) => {
    if (request.wantsJson) return sendJson(reply, request.cart);
    return cartPage(reply);
  });

  // A form that was wrong is answered in place: its page may be reloaded by its address.
  app.get('/cart/lines', async (_request, reply) => reply.redirect('/cart', 303));
  app.get('/cart/lines/:slug', async (_request, reply) => reply.redirect('/cart', 303));

  app.post(
    '/cart/lines',
    { schema: { body: addForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(addForm, request.validationError);
      if (errors) return addAgain(request, reply, errors);
      const slug = request.body.product;
      const quantity = wholeNumber(request, request.body.quantity);
      const id = changeIdOf(request);
      if (!app.products.find(slug)) return answerGone(request, reply, slug);
      return apply(request, reply, { id, kind: 'add', slug, quantity });
    },
  );

  app.post(
    '/cart/lines/:slug',
    { schema: { params: lineParams, body: setForm }, attachValidation: true },
    async (request, reply) => {
      const { slug } = request.params;
      const errors = fieldErrors(setForm, request.validationError);
      if (errors) return cartAgain(request, reply, errors, slug);
      const quantity = wholeNumber(request, request.body.quantity);
      const id = changeIdOf(request);
      if (quantity > 0 && !app.products.find(slug)) return answerGone(request, reply, slug);
      return apply(request, reply, { id, kind: 'set', slug, quantity });
    },
  );

  app.post(
    '/cart/clear',
    { schema: { body: clearForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(clearForm, request.validationError);
      if (errors) return cartAgain(request, reply, errors);
      return apply(request, reply, { id: changeIdOf(request), kind: 'clear' });
    },
  );

  app.post(
    '/cart/undo',
    { schema: { body: undoForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(undoForm, request.validationError);
      if (errors) return cartAgain(request, reply, errors);
      const version = request.body.version === undefined ? undefined : Number(request.body.version);
      return apply(request, reply, { id: changeIdOf(request), kind: 'undo', version });
    },
  );

  async function apply(request: FastifyRequest, reply: FastifyReply, change: CartChange) {
    if (isLate(request)) throw new Problem('session-gone');
    // A guest's change may arrive after the sign-in and follow the cart; a user's must not outlive their session.
    const session = request.user ? request.sessionHash : undefined;
    const owner = request.session.owner ?? newGuest();
    const cart = await app.state.carts.change(owner, change, session);
    // Only now: a change that failed leaves no session to be saved.
    request.session.owner = owner;
    return request.wantsJson ? sendJson(reply, cart) : reply.redirect('/cart', 303);
  }

  function sendJson(reply: FastifyReply, cart: Cart) {
    return reply.header('cache-control', 'no-store').send(priceCart(cart, app.products));
  }

  /** What is no longer sold leaves the cart as it is. A line of it tells so by itself. */
  function answerGone(request: FastifyRequest, reply: FastifyReply, slug: string) {
    const { cart, session, wantsJson } = request;
    const isInCart = cart.lines.some((line) => line.slug === slug);
    if (!wantsJson && session.owner) {
      if (!isInCart) request.flash('error', NOT_SOLD);
      return reply.redirect('/cart', 303);
    }
    const priced = priceCart(cart, app.products);
    if (!isInCart) priced.notices.push({ code: 'gone', slug, message: NOT_SOLD });
    if (wantsJson) return reply.header('cache-control', 'no-store').send(priced);
    // A stranger gets no session for a message.
    return cartPage(reply.code(422), { cart: priced });
  }

  /** The cart, with what is wrong beside the line's quantity, or on top where it is about no line. */
  function cartAgain(request: FastifyRequest, reply: FastifyReply, errors: FieldErrors, slug = '') {
    if (request.wantsJson) throw new Problem('invalid', { fields: errors });
    const { quantity } = (request.body ?? {}) as { quantity?: unknown };
    return cartPage(reply.code(422), { errors, wrong: { slug, quantity } });
  }

  function addAgain(request: FastifyRequest, reply: FastifyReply, errors: FieldErrors) {
    const { product: slug, quantity } = (request.body ?? {}) as Record<string, unknown>;
    const product = typeof slug === 'string' ? app.products.find(slug) : undefined;
    if (request.wantsJson || !product) throw new Problem('invalid', { fields: errors });
    return reply.code(422).page('cart/add', { title: product.name, product, quantity, errors });
  }

  function cartPage(reply: FastifyReply, data: object = {}) {
    const { cart } = reply.request;
    return reply.page('cart/cart', {
      title: 'Your cart',
      cart: priceCart(cart, app.products),
      undo: cart.undo,
      errors: {},
      wrong: {},
      ...data,
    });
  }
};

/**
 * Only a user's form has a token. A script may have kept it until its user was signed out: it must not fill the
 * cart of whoever uses this browser next. Without a script a person has pressed just now, and sees whose cart it is.
 */
function isLate({ user, wantsJson, body }: FastifyRequest): boolean {
  return !user && wantsJson && Object.hasOwn(body as object, '_csrf');
}

/** A guest gets a cart, and a session to find it by, with the first change: the first deliberate act. */
function newGuest(): Owner {
  return `guest-${randomBytes(16).toString('base64url')}`;
}
