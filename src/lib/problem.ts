/** Every problem that a person can be told about. http/error-answers.ts has a status and a text for each code. */
export type ProblemCode =
  | 'bad-request'
  | 'sign-in-first'
  | 're-authenticate-first'
  | 'cross-site'
  | 'form-expired'
  | 'cookies-blocked'
  | 'not-found'
  | 'method-not-allowed'
  | 'too-large'
  | 'url-too-long'
  | 'headers-too-large'
  | 'unsupported-type'
  | 'wrong-host'
  | 'not-secure'
  | 'unmet-expectation'
  | 'link-used'
  | 'invalid'
  | 'session-gone'
  | 'slow-down'
  | 'too-many-guests'
  | 'busy'
  | 'unavailable'
  | 'damaged'
  | 'internal';

/** Field name -> a message that tells a person how to correct the field. */
export type FieldErrors = Record<string, string>;

interface ProblemOptions extends ErrorOptions {
  fields?: FieldErrors;
  /** In seconds. */
  retryAfter?: number;
}

/** An error that a person can be told about. It knows no HTTP. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: FieldErrors | undefined;
  /** How long to wait before the next attempt, in seconds. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(code, options);
    this.name = 'Problem';
    this.code = code;
    this.fields = options.fields;
    this.retryAfter = options.retryAfter;
  }
}

/** Returns the problem of a form with wrong values. The page shows each message beside its field. */
export function invalid(fields: FieldErrors): Problem {
  return new Problem('invalid', { fields });
}
