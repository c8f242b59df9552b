-- Reads a link and deletes it, so that only one caller gets it.
-- KEYS: link   ARGV: shift
return is_alive(KEYS[1], 'string', time(ARGV[1])) and redis.call('GETDEL', KEYS[1])
