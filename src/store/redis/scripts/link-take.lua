-- Reads a link and deletes it: only one taker ever gets it.
-- KEYS: link   ARGV: now
return alive(KEYS[1], 'string', tonumber(ARGV[1])) and redis.call('GETDEL', KEYS[1])
