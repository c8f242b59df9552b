import { DataUnavailable } from '../../lib/data-unavailable.ts';

/**
 * The store is down, hung, full or read-only, so nothing is known about the session. Callers must not treat the
 * visitor as signed out.
 */
export class StoreUnavailable extends DataUnavailable {
  constructor(cause: unknown) {
    super('The store does not answer.', cause);
    this.name = 'StoreUnavailable';
  }
}

/** The session would become larger than a session may be. */
export class SessionFull extends Error {
  constructor() {
    super('The session would be too large.');
    this.name = 'SessionFull';
  }
}

/** The session of the request was ended while the request was running: signed out, revoked or expired. */
export class SessionGone extends Error {
  constructor() {
    super('The session has ended.');
    this.name = 'SessionGone';
  }
}
