-- Cluster only: looks at the session before a change of its owner's cart, which lives on another server.
-- KEYS: session   ARGV: now
return alive(KEYS[1], 'hash', tonumber(ARGV[1])) and 1 or 0
