-- Reads a link. KEYS: link   ARGV: now
return is_alive(KEYS[1], 'string', tonumber(ARGV[1])) and redis.call('GET', KEYS[1])
