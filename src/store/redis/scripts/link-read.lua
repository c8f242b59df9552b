-- Reads a link. KEYS: link   ARGV: shift
return is_alive(KEYS[1], 'string', time(ARGV[1])) and redis.call('GET', KEYS[1])
