/** Everything that can go wrong for a person, as a closed set. One place maps it to a status and a page: plugins/errors.ts. */
export type ProblemCode =
  | 'bad-request'
  | 'sign-in-first'
  | 'confirm-first'
  | 'cross-site'
  | 'form-expired'
  | 'not-found'
  | 'method-not-allowed'
  | 'too-large'
  | 'url-too-long'
  | 'headers-too-large'
  | 'unsupported-type'
  | 'wrong-host'
  | 'not-secure'
  | 'link-used'
  | 'invalid'
  | 'session-gone'
  | 'slow-down'
  | 'busy'
  | 'unavailable'
  | 'internal';

/** Field name -> what to do about it, in words for the person who filled it in. */
export type FieldErrors = Record<string, string>;

interface ProblemOptions extends ErrorOptions {
  fields?: FieldErrors;
  retryAfter?: number;
}

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: FieldErrors | undefined;
  /** Seconds after which it is worth another try. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(code, options);
    this.name = 'Problem';
    this.code = code;
    this.fields = options.fields;
    this.retryAfter = options.retryAfter;
  }
}
