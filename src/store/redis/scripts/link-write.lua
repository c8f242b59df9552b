-- Stores a link. KEYS: link   ARGV: shift, sealed grant, lifetime
return redis.call('SET', KEYS[1], ARGV[2], 'PXAT', time(ARGV[1]) + tonumber(ARGV[3]))
