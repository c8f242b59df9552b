-- Answers 1 when a session is listed among its owner's devices. KEYS: devices   ARGV: session key
return is_of_kind(KEYS[1], 'hash') and redis.call('HEXISTS', KEYS[1], ARGV[1]) or 0
