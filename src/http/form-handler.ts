import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { fieldErrors } from '../lib/forms/field-errors.ts';
import type { Form } from '../lib/forms/form.ts';
import { Problem, type FieldErrors } from '../lib/problem.ts';
import { pleaseWait } from '../lib/wait.ts';

/** A form as it was sent, and what is wrong with it. Empty for a page that is only opened. */
export interface SentForm<Values = Record<string, unknown>> {
  values: Partial<Values>;
  errors: FieldErrors;
}

export const emptyForm: SentForm = { values: {}, errors: {} };

/** Where to go after the form has done what it asked for, and what to say there. */
interface Done {
  to: string;
  message?: string;
}

interface FormRoute<F extends Form> {
  form: F;
  config?: FastifyContextConfig;
  /** Shows the page that has the form. */
  page(reply: FastifyReply, sent: SentForm<Static<F>>): FastifyReply;
  /**
   * Does what the form asks for.
   * @throws {Problem} `invalid` with messages for fields; one with `retryAfter` when it has to wait
   */
  act(values: Static<F>, request: FastifyRequest, reply: FastifyReply): Promise<Done>;
}

/**
 * Adds the POST route of a form. The form comes back with 422 and a message beside each wrong field, or with 429 or
 * 503 and the time to wait. When everything is done, the browser is sent on with 303. A caller that wants JSON gets
 * problem details instead of a page.
 */
export function handleForm<F extends Form>(
  app: FastifyInstance,
  path: string,
  { form, config = {}, page, act }: FormRoute<F>,
): void {
  app.post(
    path,
    { schema: { body: form }, attachValidation: true, config: { ...config, form } },
    async (request, reply) => {
      const values = request.body as Static<F>;
      try {
        const errors = fieldErrors(form, request.validationError);
        if (errors) throw new Problem('invalid', { fields: errors });
        const { to, message } = await act(values, request, reply);
        if (message) request.flash('success', message);
        return reply.redirect(to, 303);
      } catch (error) {
        if (request.wantsJson || !(error instanceof Problem)) throw error;
        const errors = errorsOnPage(form, error);
        if (!errors) throw error;
        if (error.retryAfter) reply.header('retry-after', error.retryAfter);
        return page(reply.code(statusOf(error)), { values, errors });
      }
    },
  );
}

/** @returns null for a problem that has a page of its own */
function errorsOnPage({ fields }: Form, { code, fields: errors, retryAfter }: Problem) {
  if (code === 'invalid' && errors) return errors;
  if (!retryAfter) return null;
  const why = code === 'busy' ? 'We are very busy.' : 'Too many attempts.';
  const beside = Object.values(fields).find(({ secret }) => secret);
  return beside ? { [beside.name]: `${why} ${pleaseWait(retryAfter)}` } : null;
}

function statusOf({ code }: Problem): number {
  if (code === 'invalid') return 422;
  return code === 'busy' ? 503 : 429;
}
