import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { field, fieldErrors, form } from '../domain/form.ts';
import type { FieldErrors } from '../domain/problem.ts';
import { describeSession } from './describe-session.ts';

const MOST_VARIABLES = 50;

const key = field(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,39}$' }),
  'Begin with a letter; then letters, digits and _ . - follow, 40 characters at most.',
);
const value = field(Type.String({ maxLength: 500 }), 'Use 500 characters at most.');

const setForm = form({ key, value });
const popForm = form({ key });

/** The article's three verbs: set, get and pop a session variable. The page shows what becomes of it on either side. */
export const sessionPage: FastifyPluginAsyncTypebox = async (app) => {
  const config = { inspection: true };

  app.get('/session', { config }, async (request, reply) => {
    // What cannot be read counts as not asked.
    const { get } = request.query as Record<string, unknown>;
    return page(reply, { values: { get: typeof get === 'string' ? get : '' } });
  });

  app.post(
    '/session/variables',
    { config, schema: { body: setForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(setForm, request.validationError);
      if (errors) return page(reply, { values: request.body, errors });
      const { key, value } = request.body;
      const { session } = request;
      const variables = { ...session.variables, [key]: value };
      if (Object.keys(variables).length > MOST_VARIABLES) {
        const message = `There is room for ${MOST_VARIABLES} variables.`;
        return page(reply, { values: request.body, errors: { key: message } });
      }
      session.variables = variables;
      request.flash('success', `${key} is set.`);
      return reply.redirect('/session', 303);
    },
  );

  app.post(
    '/session/variables/remove',
    { config, schema: { body: popForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(popForm, request.validationError);
      const { session, body } = request;
      if (errors) return page(reply, { values: { pop: body.key }, errors: { pop: errors.key! } });
      const wasThere = Object.hasOwn(session.variables ?? {}, body.key);
      const { [body.key]: _popped, ...variables } = session.variables ?? {};
      session.variables = variables;
      request.flash('success', wasThere ? `${body.key} is removed.` : 'It was gone already.');
      return reply.redirect('/session', 303);
    },
  );
};

interface Entered {
  values: { key?: string; value?: string; get?: string; pop?: string };
  errors?: FieldErrors;
}

function page(reply: FastifyReply, { values, errors = {} }: Entered) {
  if (Object.keys(errors).length > 0) reply.code(422);
  const { request } = reply;
  const { variables = {} } = request.session;
  return reply.page('main/session', {
    title: 'Session',
    variables: Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)),
    got: values.get && Object.hasOwn(variables, values.get) ? variables[values.get] : undefined,
    values,
    errors,
    ...describeSession(request),
  });
}
