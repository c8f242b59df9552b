import { hash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Answer } from '../store/contract/answers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The answer to this form gives the session a new id, so a repeat comes with the cookie of a session that is gone.
     * It gets the same answer. The form must have a one-time id: views/partials/form-id.eta.
     */
    answersRepeats?: boolean;
  }
  interface FastifyRequest {
    /** The name under which the answer to this form will be kept; null when it will not be kept. */
    answerName: string | null;
  }
}

declare module '../rendering/views.ts' {
  interface LayoutData {
    newFormId(): string;
  }
}

/** How long an answer is kept, in milliseconds. */
export const ANSWER_LIFETIME = 30_000;
/**
 * How long a form counts as being worked on, in milliseconds. After that its process has probably died, and a repeat
 * does the work.
 */
export const WORK_LIFETIME = 10_000;
/** How long a repeat waits before it asks again for the answer, in milliseconds. */
const PAUSE = 50;

const FORM_ID = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * Gives a form that is sent twice the same answer twice, and does its work once. The reasons are in
 * docs/decisions/0017-a-repeat-gets-the-same-answer.md.
 */
export default plugin(
  async (app) => {
    const { answers } = app.store;
    const cookieName = app.sessionCookie.name;

    app.addToLayout((_reply, layout) => {
      layout.newFormId = randomUUID;
    });
    app.decorateRequest('answerName', null);

    // The check comes before the one of the CSRF token: a repeat may have the token of the session before.
    app.addHook('preValidation', (request, reply, done) => {
      if (!hasFormId(request)) return done();
      answerRepeat(request, reply).then((wasRepeat) => wasRepeat || done(), done);
    });

    app.addHook('onSend', (request, reply, _payload, done) => {
      const { answerName } = request;
      if (answerName === null) return done();
      request.answerName = null;
      keepAnswer(answerName, request, reply)
        // The form is answered. Only a repeat would not be recognised.
        .catch((error: Error) => request.log.warn({ err: error }, 'answer not kept for a repeat'))
        .then(() => done(), done);
    });

    /** @returns false when this is no repeat; then the request must do the work */
    async function answerRepeat(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
      const name = nameOf(request, request.cookies[cookieName]);
      const answer = await claimOrWait(name);
      if (answer && (await enterSession(request, reply, answer))) {
        reply.header('set-cookie', answer.cookies).redirect(answer.to, 303);
        return true;
      }
      request.answerName = name;
      return false;
    }

    /** Returns the answer to the first of two forms; null when this is the first, or the other one was not answered. */
    async function claimOrWait(name: string): Promise<Answer | null> {
      for (let waited = 0; waited < WORK_LIFETIME; waited += PAUSE) {
        if (await answers.claim(name, WORK_LIFETIME)) return null;
        const answer = await answers.read(name);
        if (answer) return answer;
        await sleep(PAUSE);
      }
      return null;
    }

    /** @returns false when the session of the answer has ended since; an answer does not bring it back */
    async function enterSession(
      request: FastifyRequest,
      reply: FastifyReply,
      { session, flash }: Answer,
    ): Promise<boolean> {
      if (session === null) return true;
      const isNew = session !== request.session.sessionId;
      if (isNew) await reply.useSession(session);
      const { loaded } = request.session;
      if (loaded?.outage) throw loaded.outage;
      if (!loaded) {
        request.user = undefined;
        return false;
      }
      // Marks the session as changed, so that the browser gets its cookie.
      if (isNew) request.session.issued = app.clock();
      // The first answer may have been lost after its messages were shown.
      if (flash) request.session.flash ??= flash;
      return true;
    }

    /**
     * A redirect is kept. After another answer the form can be sent again, unless the session has another id now. Of a
     * session that has ended nothing is kept; its routes recognise a repeat by themselves.
     */
    async function keepAnswer(name: string, request: FastifyRequest, reply: FastifyReply) {
      const { rotated, session, routeOptions, url } = request;
      const isRedirect = reply.statusCode === 303;
      if (reply.sessionEnded || (!isRedirect && !rotated)) return answers.release(name);
      const answer = {
        to: isRedirect
          ? String(reply.getHeader('location'))
          : (routeOptions.config.offeredOn ?? url),
        session: session.loaded ? session.sessionId : null,
        flash: session.flash,
        cookies: otherCookies(reply),
      };
      // A repeat may also come with the cookie that the browser has after this answer.
      const next = answer.session ? app.signSessionId(answer.session) : undefined;
      const names = new Set([name, nameOf(request, next)]);
      await Promise.all([...names].map((each) => answers.keep(each, answer, ANSWER_LIFETIME)));
    }

    function otherCookies(reply: FastifyReply): string[] {
      const lines = [reply.getHeader('set-cookie') ?? []].flat().map(String);
      return lines.filter((line) => !line.startsWith(`${cookieName}=`));
    }
  },
  { name: 'repeats', dependencies: ['rotation', 'identity', 'views'] },
);

function hasFormId({ method, routeOptions, body }: FastifyRequest): boolean {
  if (method !== 'POST' || !routeOptions.config.answersRepeats) return false;
  const { form } = (body ?? {}) as { form?: unknown };
  return typeof form === 'string' && FORM_ID.test(form);
}

/**
 * Returns the name of the answer to a form. Only a request with the same cookie, the same address and the same fields
 * has the same name. Among the fields are the form's one-time id, the CSRF token and the password.
 */
function nameOf({ url, body }: FastifyRequest, cookie = ''): string {
  return hash('sha256', JSON.stringify([cookie, url, body]), 'base64url');
}
