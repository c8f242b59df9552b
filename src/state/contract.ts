/**
 * What the rest of the app may expect of the state store, whichever home it has.
 * Redis and SQLite both keep this contract, and one test suite holds both to it.
 */

/** Whose cart it is: `user-<id>` or `guest-<id>`. Opaque: it stands in store keys, so it carries no personal data. */
export type Owner = `user-${string}` | `guest-${string}`;

/** Milliseconds since the epoch. Injected, so that a test can let weeks pass. */
export type Clock = () => number;

/** How long things live, in milliseconds. */
export interface Lifetimes {
  /** A session ends this long after its last request. */
  sessionIdle: number;
  /** A session ends this long after its creation, however busy it is. */
  sessionAbsolute: number;
  /** A guest's cart, since its last change. */
  guestCart: number;
  /** A user's cart, since its last change. */
  userCart: number;
}

/** What the server remembers of one browser. The store reads only the properties named here and keeps the rest as they are. */
export interface SessionFields {
  /** When this browser's session began. Counts for the absolute lifetime, so it survives a rotation of the id. */
  created?: number;
  /** Whose cart this browser sees. */
  owner?: Owner;
  /** How the user recognises this session among their devices. A session that carries one is listed. */
  device?: DeviceTraits;
  /** The pairs set by hand on the session page. Stored pair by pair, so that two requests that set different names both win. */
  variables?: Record<string, string>;
  [property: string]: unknown;
}

export interface DeviceTraits {
  /** The User-Agent header, cut to 300 characters. */
  agent: string;
  /** The address cut to its network: /24 for IPv4, /48 for IPv6. */
  network: string;
  /** Sign-in time. */
  since: number;
}

export interface Device extends DeviceTraits {
  /** Names the device in a URL: the hash of its session id, which signs nobody in. */
  id: string;
  /** Time of the last request, exact to five minutes. */
  seen: number;
}

/** What shall come along with a session, at no further round trip. */
export interface SessionWants {
  devices?: boolean;
  inspection?: boolean;
}

export interface LoadedSession {
  /** Frozen with all that is in them, for requests may share them. */
  fields: Readonly<SessionFields>;
  /** Some field is still sealed under a retired secret: see `reseal`. */
  stale: boolean;
  /** The owner's cart; empty where the session has no owner. */
  cart: Cart;
  /** The owner's devices, where they were asked for. */
  devices: Device[];
  /** The record as the store holds it, where it was asked for. */
  inspection: SessionInspection | null;
}

/** One session as it lies in the store, and what that means: for the page that shows people their own. */
export interface SessionInspection {
  /** Names the record: the prefix, then the hash of the id. */
  key: string;
  /** Stands in the record in plain, so that one script finds the cart. */
  owner: Owner | null;
  fields: InspectedField[];
  /** When the session began. */
  began: number;
  /** When the record expires, unless another request comes before. */
  idleEnd: number;
  /** When the session ends, however busy it is. */
  absoluteEnd: number;
}

export interface InspectedField {
  /** What the store calls it; tells nothing. */
  name: string;
  /** For a session variable, its name beside the property that holds them all. */
  path: [property: string, variable?: string];
  value: unknown;
  sealed: SealedParts;
  /** Sealed under a retired secret. */
  stale: boolean;
}

/** Sealed bytes, in the order in which they are stored. */
export interface SealedParts {
  /** One byte, which says under which secret. */
  keyId: Buffer;
  /** Random, and never used twice. */
  nonce: Buffer;
  /** Proves that nothing was changed. */
  tag: Buffer;
  ciphertext: Buffer;
}

export interface SessionChanges {
  set: SessionFields;
  /** Names of properties to remove. */
  remove: string[];
  /** Names of session variables to set or remove; the others stay as the store has them. */
  variables: { set: Record<string, string>; remove: string[] };
}

export interface SessionStore {
  /**
   * Loads a session, slides its idle lifetime and brings its owner's cart along: one round trip.
   * A record that is damaged, foreign or past a lifetime is deleted and counts as none.
   * @throws {StateUnavailable} never `null` for an outage: that would sign people out
   */
  load(id: string, wants?: SessionWants): Promise<LoadedSession | null>;
  /** Stores a new session. @throws {StateUnavailable} */
  create(id: string, fields: SessionFields): Promise<void>;
  /**
   * Writes the changed fields only, and never brings a session back.
   * @returns false when the session is gone (signed out, revoked, expired); nothing was written
   * @throws {StateUnavailable} the changes may or may not have been written
   */
  update(id: string, changes: SessionChanges): Promise<boolean>;
  /**
   * Seals anew what is still under a retired secret. A field that was written meanwhile stays as it was written.
   * @throws {StateUnavailable}
   */
  reseal(id: string): Promise<void>;
  /** Ends a session for good, whatever requests still hold it. @throws {StateUnavailable} */
  destroy(id: string): Promise<void>;
  /** Is this one of an owner's sessions? Slides nothing. @throws {StateUnavailable} */
  has(owner: Owner, id: string): Promise<boolean>;
  /**
   * Ends one of an owner's sessions, named as a device.
   * @returns false when the owner has no such device
   * @throws {StateUnavailable}
   */
  endDevice(owner: Owner, device: string): Promise<boolean>;
  /**
   * Ends all of an owner's sessions but the one with this id.
   * @returns how many ended
   * @throws {StateUnavailable}
   */
  endOtherDevices(owner: Owner, id: string): Promise<number>;
  /**
   * Counts the sessions that still need a retired secret to open. Walks through the whole store: for a command, never for a request.
   * @throws {StateUnavailable}
   */
  countStale(): Promise<{ sessions: number; stale: number }>;
}

/** A quantity of one product. */
export interface CartLine {
  slug: string;
  quantity: number;
}

/** What a change could not do as asked, or did beyond the asking. The page puts it into words. */
export type CartNotice =
  | { code: 'capped'; slug: string }
  | { code: 'full'; slug: string }
  | { code: 'merged'; slugs: string[] }
  /** The cart could not be read. What was there is set aside for the operator. */
  | { code: 'damaged' }
  | { code: 'undone' }
  | { code: 'nothing-to-undo' };

/** The last change, while it can be taken back. */
export interface UndoOffer {
  /** The cart's version right after the change that this would undo. */
  version: number;
  kind: CartChange['kind'] | 'remove' | 'merge';
  /** The product, where the change was about one. */
  slug?: string;
}

export interface Cart {
  /** Rises with every change; 0 for a cart that was never changed. */
  version: number;
  /** In the order in which they were first added. */
  lines: CartLine[];
  /** Of the last change. */
  notices: CartNotice[];
  undo: UndoOffer | null;
}

/** One edit. Its id makes a repeat harmless: within a day, a second change of the same id is not applied. See `cartLimits`. */
export type CartChange = { id: string } & (
  | { kind: 'add'; slug: string; quantity: number }
  | { kind: 'set'; slug: string; quantity: number }
  | { kind: 'clear' }
  /** Takes the last change back; with a version, only if that is still the last one. */
  | { kind: 'undo'; version?: number }
);

export interface CartStore {
  /** @throws {StateUnavailable} */
  read(owner: Owner): Promise<Cart>;
  /**
   * Applies a change exactly once and answers the cart as it then is. Where a session is named, by the
   * hash of its id, it must still live: a request in flight changes nothing once its session was ended
   * (on a cluster, where session and cart may be apart, unless both fall into the same moment).
   * @throws {StateUnavailable} the change may have been applied: send it again under the same id
   * @throws {SessionEnded} nothing was changed
   */
  change(owner: Owner, change: CartChange, session?: string): Promise<Cart>;
  /**
   * Moves a guest's lines into a user's cart, taking the larger quantity of each product. May be
   * interrupted anywhere and run again. Changes still on their way to the guest's cart follow it.
   * @throws {StateUnavailable}
   */
  merge(guest: Owner, user: Owner): Promise<Cart>;
  /** Deletes a cart and everything kept about it. @throws {StateUnavailable} */
  remove(owner: Owner): Promise<void>;
}

/** What is told to those who watch an owner. */
export type OwnerEvent =
  | { kind: 'cart'; version: number }
  /** A session of this owner was ended; `session` is its hashed id. */
  | { kind: 'ended'; session: string }
  /** The connection was lost for a while, or another process wrote: look for yourself. */
  | { kind: 'missed' };

export interface OwnerEvents {
  /**
   * Calls `listener` within a second after something happened to an owner, in whatever process. However
   * many watch, there is one connection to the store for it. Nothing that happens after the promise
   * resolves is missed without a word.
   * @returns a function that stops it
   * @throws {StateUnavailable}
   */
  watch(owner: Owner, listener: (event: OwnerEvent) => void): Promise<() => void>;
}

/**
 * What is counted over time, by all processes together. The names stand in store keys, so they carry no
 * personal data: hash what names a person or an address.
 */
export interface Limits {
  /**
   * Counts one use of a window that opens with its first use and closes `window` milliseconds later.
   * @returns how many milliseconds to wait; 0 for one of the first `limit` uses
   * @throws {StateUnavailable} the use may have been counted
   */
  use(name: string, limit: number, window: number): Promise<number>;
  /**
   * Counts an attempt as a failure before it is made, so that no number of them at once slips through.
   * One that must wait is neither made nor counted.
   * @throws {StateUnavailable} the attempt may have been counted
   */
  attempt(name: string): Promise<Attempt>;
  /** Forgets the failures under this name: an attempt was right after all. @throws {StateUnavailable} */
  forgive(name: string): Promise<void>;
}

export interface Attempt {
  /** Milliseconds until the next attempt may be made; 0 when this one may. */
  wait: number;
  /** Failures in a row, with this attempt among them if it may be made. */
  failures: number;
}

/** What a link lets whoever opens it do: sign in as `user`. */
export interface Grant {
  user: string;
  /** Id of the session that made it; only its own link ever opens this. */
  session: string;
  /** Version of the password of that time: a link does not outlive a change of it. */
  password: string;
}

/** Links that work once. Each is named by its token: 256 random bits, of which the store knows only the hash. */
export interface Links {
  /** @param lifetime in milliseconds @throws {StateUnavailable} */
  create(token: string, grant: Grant, lifetime: number): Promise<void>;
  /** Looks and leaves it as it is. @returns null when it is unknown, used, expired or damaged @throws {StateUnavailable} */
  read(token: string): Promise<Grant | null>;
  /**
   * Uses it up: of all who try, one gets the grant.
   * @returns null when it is unknown, used, expired or damaged
   * @throws {StateUnavailable} the link may have been used up
   */
  take(token: string): Promise<Grant | null>;
}

export interface StateStore {
  sessions: SessionStore;
  carts: CartStore;
  links: Links;
  events: OwnerEvents;
  limits: Limits;
  /** Resolves when the store answers. @throws {StateUnavailable} */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One round trip to the store. */
export interface Trip {
  /** What for: the name of a script or of a unit of work. */
  command: string;
  milliseconds: number;
  /** False where the store failed. */
  answered: boolean;
}

/** What the store tells its host; all optional to heed. */
export interface StateEvents {
  onTrip(trip: Trip): void;
  /** A session record did not open and was deleted. `key` is its hashed id. */
  onDamaged(key: string, reason: string): void;
  /** A cart did not read and was set aside. */
  onDamagedCart(owner: Owner): void;
  /** The connection to the store failed, or work that nobody waits for; it is tried again without end. */
  onError(error: Error): void;
}

export const cartLimits = {
  quantity: 99,
  lines: 100,
  /** How long a change can be taken back, in milliseconds. */
  undo: 10 * 60_000,
  /** How long a change id is remembered, in milliseconds. */
  changeIds: 24 * 3_600_000,
  /** How many of them a cart remembers, the newest: beyond what anyone can press in a day, and no more than that. */
  mostChangeIds: 10_000,
} as const;

/** How failures slow down what comes after them. */
export const failureLimits = {
  /** Milliseconds to wait after the first failure, the second and so on; the last holds for all beyond. */
  delays: [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900].map((s) => s * 1000),
  /** Failures are forgotten when there was none for this long, in milliseconds. */
  memory: 24 * 3_600_000,
};

export const emptyCart: Cart = Object.freeze({ version: 0, lines: [], notices: [], undo: null });

/** The session in whose name something was asked was ended meanwhile: signed out, revoked or expired. */
export class SessionEnded extends Error {
  constructor() {
    super('The session has ended.');
    this.name = 'SessionEnded';
  }
}

/** The store is down, hung, full or read-only. Nothing is known about the session: never treat it as signed out. */
export class StateUnavailable extends Error {
  constructor(cause: unknown) {
    super('The state store does not answer.', { cause });
    this.name = 'StateUnavailable';
  }
}
