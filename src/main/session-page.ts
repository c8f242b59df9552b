import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { handleForm } from '../http/form-handler.ts';
import { field, form } from '../lib/forms/form.ts';
import { invalid, type FieldErrors } from '../lib/problem.ts';
import { describeSession, type SessionDescription } from './describe-session.ts';

/** How many variables a session may have. */
export const MOST_VARIABLES = 50;

const KEY_LENGTH = 40;
const VALUE_LENGTH = 500;

const keyField = field(
  Type.String({ pattern: `^[A-Za-z][A-Za-z0-9_.-]{0,${KEY_LENGTH - 1}}$`, maxLength: KEY_LENGTH }),
  {
    label: 'Key',
    message: `Begin with a letter, then use letters, digits and _ . - up to ${KEY_LENGTH} characters.`,
  },
);
const valueField = field(Type.String({ maxLength: VALUE_LENGTH }), {
  label: 'Value',
  message: `Use up to ${VALUE_LENGTH} characters.`,
});

export const setForm = form({ key: keyField, value: valueField });
export const popForm = form({ key: keyField });

interface Entered {
  values: { key?: string; value?: string; get?: string; pop?: string };
  errors: FieldErrors;
}

declare module '../rendering/views.ts' {
  interface Views {
    'main/session': Entered &
      SessionDescription & {
        fields: typeof setForm.fields;
        variables: [key: string, value: string][];
        /** The value that "Get" found. */
        got: string | undefined;
      };
  }
}

/**
 * The article's three operations: set, get and pop a session variable. The page shows what the browser and the store
 * hold.
 */
export const sessionPage: FastifyPluginAsync = async (app) => {
  const config = { inspection: true, offeredOn: '/session' };

  app.get('/session', { config: { inspection: true } }, async (request, reply) => {
    // A value that is not a text counts as missing.
    const { get } = request.query as Record<string, unknown>;
    return page(reply, { values: { get: typeof get === 'string' ? get : '' }, errors: {} });
  });

  handleForm(app, '/session/variables', {
    form: setForm,
    config,
    page,
    // docs: set
    async act({ key, value }, { session }) {
      const variables = { ...session.variables, [key]: value };
      if (Object.keys(variables).length > MOST_VARIABLES) {
        throw invalid({ key: `A session can have up to ${MOST_VARIABLES} variables.` });
      }
      session.variables = variables;
      return { to: '/session', message: `${key} is set.` };
    },
    // docs: end
  });

  handleForm(app, '/session/variables/remove', {
    form: popForm,
    config,
    page: (reply, { values, errors }) =>
      page(reply, { values: { pop: values.key }, errors: { pop: errors.key! } }),
    // docs: pop
    async act({ key }, { session }) {
      const { variables: before = {} } = session;
      const { [key]: _popped, ...variables } = before;
      session.variables = variables;
      // Every object inherits names like toString.
      const wasSet = Object.hasOwn(before, key);
      return { to: '/session', message: wasSet ? `${key} is removed.` : `${key} was not set.` };
    },
    // docs: end
  });
};

function page(reply: FastifyReply, { values, errors }: Entered) {
  const { request } = reply;
  const { variables = {} } = request.session;
  return reply.page('main/session', {
    title: 'Session',
    fields: setForm.fields,
    variables: Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)),
    // docs: get
    got: values.get && Object.hasOwn(variables, values.get) ? variables[values.get] : undefined,
    // docs: end
    values,
    errors,
    ...describeSession(request),
  });
}
