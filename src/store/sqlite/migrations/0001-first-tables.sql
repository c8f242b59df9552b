-- The tables of the embedded store, in a file of its own. With WAL and synchronous FULL, acknowledged writes survive a
-- power cut. Times are in milliseconds.
CREATE TABLE IF NOT EXISTS sessions (
  key     TEXT PRIMARY KEY,
  owner   TEXT,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires);

CREATE TABLE IF NOT EXISTS session_fields (
  key   TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
  field TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (key, field)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS devices (
  owner   TEXT NOT NULL,
  key     TEXT NOT NULL,
  sealed  BLOB NOT NULL,
  seen    INTEGER NOT NULL,
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS devices_by_seen ON devices (seen);

-- shop {
CREATE TABLE IF NOT EXISTS carts (
  owner   TEXT PRIMARY KEY,
  born    INTEGER NOT NULL,
  version INTEGER NOT NULL,
  notices TEXT NOT NULL,
  undo    TEXT,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS carts_by_expiry ON carts (expires);

CREATE TABLE IF NOT EXISTS cart_lines (
  owner    TEXT NOT NULL REFERENCES carts (owner) ON DELETE CASCADE,
  slug     TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  added    INTEGER NOT NULL,
  PRIMARY KEY (owner, slug)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cart_changes (
  owner TEXT NOT NULL REFERENCES carts (owner) ON DELETE CASCADE,
  id    TEXT NOT NULL,
  at    INTEGER NOT NULL,
  PRIMARY KEY (owner, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cart_changes_by_age ON cart_changes (at);

CREATE TABLE IF NOT EXISTS moved_carts (
  owner   TEXT PRIMARY KEY,
  target  TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- } shop

CREATE TABLE IF NOT EXISTS links (
  key     TEXT PRIMARY KEY,
  sealed  BLOB NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_expiry ON links (expires);

-- shop {
-- Damaged carts, kept for the operator.
CREATE TABLE IF NOT EXISTS quarantined_carts (
  owner   TEXT PRIMARY KEY,
  content TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- } shop

-- Counters of the rate limits. Names are hashes.
CREATE TABLE IF NOT EXISTS uses (
  name    TEXT PRIMARY KEY,
  count   INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS uses_by_expiry ON uses (expires);

-- "pause" is the time from which the next attempt is allowed.
CREATE TABLE IF NOT EXISTS failures (
  name    TEXT PRIMARY KEY,
  count   INTEGER NOT NULL,
  pause   INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS failures_by_expiry ON failures (expires);
