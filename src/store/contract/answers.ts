/** What a form was answered: where the browser was sent, and what it was given to take along. */
export interface Answer {
  /** The address to which the browser was sent. */
  to: string;
  /** The id of the session with which the browser goes on; null when it has none. */
  session: string | null;
  /** The messages for the next page. */
  flash?: Record<string, string[]>;
  /** The `Set-Cookie` lines, without the one of the session. */
  cookies: string[];
}

/**
 * Answers to forms, kept for a repeat of the same form. An answer is named by a secret that only the sender of the form
 * can know. The store knows only the hash of this name, and the answer opens only with the name itself.
 */
export interface Answers {
  /**
   * Says that a form is being worked on. Of several callers at once, one succeeds.
   * @param lifetime in milliseconds
   * @returns false when the form is being worked on already, or was answered
   * @throws {StoreUnavailable} the form may count as being worked on
   */
  claim(name: string, lifetime: number): Promise<boolean>;
  /** Keeps the answer. @param lifetime in milliseconds @throws {StoreUnavailable} */
  keep(name: string, answer: Answer, lifetime: number): Promise<void>;
  /** Forgets a form that was not answered, so that it can be sent again. @throws {StoreUnavailable} */
  release(name: string): Promise<void>;
  /** @returns null when there is no answer, or not yet @throws {StoreUnavailable} */
  read(name: string): Promise<Answer | null>;
}
