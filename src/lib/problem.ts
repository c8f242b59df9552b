/** Everything that can go wrong for a person, as a closed set. http/errors.ts gives each code a status and a page. */
export type ProblemCode =
  | 'bad-request'
  | 'sign-in-first'
  | 're-authenticate-first'
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

/** Something went wrong that a person can be told about. It knows no HTTP. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: FieldErrors | undefined;
  /** Seconds after which another try makes sense. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(code, options);
    this.name = 'Problem';
    this.code = code;
    this.fields = options.fields;
    this.retryAfter = options.retryAfter;
  }
}

/** Refuses a form: what is wrong comes back beside its fields. */
export function invalid(fields: FieldErrors): Problem {
  return new Problem('invalid', { fields });
}
