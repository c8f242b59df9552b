import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Writes one entry of the security log. `details` must not contain a password, a token or a whole e-mail address.
     */
    audit(event: SecurityEvent, details?: Record<string, string | number | boolean>): void;
  }
}

export type SecurityEvent = keyof typeof securityEvents;

/** The events of OWASP's Logging Vocabulary Cheat Sheet that happen in this app, with their log levels. */
export const securityEvents = {
  authn_login_success: 'info',
  authn_login_successafterfail: 'info',
  authn_login_fail: 'warn',
  authn_login_lock: 'warn',
  authn_password_change: 'info',
  authn_password_change_fail: 'warn',
  authz_fail: 'warn',
  excess_rate_limit_exceeded: 'warn',
  input_validation_fail: 'warn',
  malicious_csrf: 'warn',
  session_created: 'info',
  session_renewed: 'info',
  session_expired: 'info',
  token_created: 'info',
  token_reuse: 'warn',
  user_created: 'info',
  user_updated: 'info',
  user_deleted: 'info',
} as const;

/** Writes security events to the log of the app, with the request id and the address; also user and session, if any. */
export default plugin(
  async (app) => {
    app.decorateRequest('audit', function (this: FastifyRequest, event, details = {}) {
      const session = this.session?.sessionId ? this.sessionHash : undefined;
      const user = this.user?.id;
      this.log[securityEvents[event]]({ event, session, user, ip: this.ip, ...details }, event);
    });
  },
  { name: 'security-log' },
);
