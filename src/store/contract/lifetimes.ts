/** Returns the time in milliseconds since the epoch. It is passed in, so that a test can move the time. */
export type Clock = () => number;

/** How long stored things live, in milliseconds. */
export interface Lifetimes {
  /** A session ends this long after its last request. */
  sessionIdle: number;
  /** A session ends this long after its creation, even if it is in use. */
  sessionAbsolute: number;
  // shop {
  /** A guest's cart ends this long after its last change. */
  guestCart: number;
  /** A user's cart ends this long after its last change. */
  userCart: number;
  // } shop
}
