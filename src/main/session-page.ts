import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { field, fieldErrors, form } from '../domain/form.ts';
import type { FieldErrors } from '../domain/problem.ts';

const MOST_VARIABLES = 50;

const key = field(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,39}$' }),
  'Begin with a letter; then letters, digits and _ . - follow, 40 characters at most.',
);
const value = field(Type.String({ maxLength: 500 }), 'Use 500 characters at most.');

const variableForm = form({ key, value });
const removeForm = form({ key });

/** The article's three verbs: set, get and pop a session variable. */
export const sessionPage: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/session', async (_request, reply) => page(reply));

  app.post(
    '/session/variables',
    { schema: { body: variableForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(variableForm, request.validationError);
      if (errors) return page(reply, request.body, errors);
      const { key, value } = request.body;
      const { session } = request;
      const variables = { ...session.variables, [key]: value };
      if (Object.keys(variables).length > MOST_VARIABLES) {
        return page(reply, request.body, { key: `There is room for ${MOST_VARIABLES} variables.` });
      }
      session.variables = variables;
      request.flash('success', `${key} is set.`);
      return reply.redirect('/session', 303);
    },
  );

  app.post(
    '/session/variables/remove',
    { schema: { body: removeForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(removeForm, request.validationError);
      if (errors) return page(reply, request.body, errors);
      const { session, body } = request;
      const { [body.key]: _removed, ...variables } = session.variables ?? {};
      const wasThere = Object.hasOwn(session.variables ?? {}, body.key);
      session.variables = variables;
      request.flash('success', wasThere ? `${body.key} is removed.` : 'It was gone already.');
      return reply.redirect('/session', 303);
    },
  );
};

function page(reply: FastifyReply, values: object = {}, errors: FieldErrors = {}) {
  if (Object.keys(errors).length > 0) reply.code(422);
  const { session, sessionHash } = reply.request;
  return reply.page('main/session', {
    title: 'Session',
    variables: Object.entries(session.variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    storeKey: sessionHash,
    values,
    errors,
  });
}
