-- For a cluster: checks a session before a change for its owner, who is on another server.
-- KEYS: session   ARGV: shift
-- Answers 1 when the session exists, 0 when it is gone, or the key to which it was moved.
if not is_alive(KEYS[1], 'hash', time(ARGV[1])) then return 0 end
return successor_of(KEYS[1]) or 1
