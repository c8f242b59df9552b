-- Stores a link. KEYS: link   ARGV: sealed grant, time of expiry
return redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
