/** Web Locks; undefined for a page without TLS, and in Safari before 15.4. */
export const { locks } = navigator as Partial<Navigator>;
