/** What a link allows: signing in as `user`. */
export interface Grant {
  user: string;
  /** The id of the session that made the link. Only the link's own token can open it. */
  session: string;
  /** The version of the user's password when the link was made. A new password makes the link invalid. */
  password: string;
}

/** One-time links. A link is named by its token: 256 random bits, of which the store knows only the hash. */
export interface Links {
  /** @param lifetime in milliseconds @throws {StoreUnavailable} */
  create(token: string, grant: Grant, lifetime: number): Promise<void>;
  /**
   * Reads a link without using it up.
   * @returns null when it is unknown, used, expired or damaged
   * @throws {StoreUnavailable}
   */
  read(token: string): Promise<Grant | null>;
  /**
   * Uses a link up. If several callers try at once, one of them gets the grant.
   * @returns null when it is unknown, used, expired or damaged
   * @throws {StoreUnavailable} the link may have been used up
   */
  take(token: string): Promise<Grant | null>;
  /** Makes all links invalid. It is for a command, never for a request. @throws {StoreUnavailable} */
  endAll(): Promise<void>;
}
