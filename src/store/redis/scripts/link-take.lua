-- Reads a link and deletes it, so that only one caller gets it.
-- KEYS: link   ARGV: now
return is_alive(KEYS[1], 'string', tonumber(ARGV[1])) and redis.call('GETDEL', KEYS[1])
