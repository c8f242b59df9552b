-- Cluster only: checks a session before a change of its owner's cart, which is on another server.
-- KEYS: session   ARGV: now
-- Answers 1 when it lives, 0 when it is gone, or the key to which it was moved.
if not alive(KEYS[1], 'hash', tonumber(ARGV[1])) then return 0 end
return successor_of(KEYS[1]) or 1
