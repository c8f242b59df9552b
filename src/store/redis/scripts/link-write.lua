-- KEYS: link   ARGV: sealed grant, when it expires
return redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
