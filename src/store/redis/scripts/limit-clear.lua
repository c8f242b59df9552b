-- Deletes the uses. KEYS: uses
return redis.call('DEL', KEYS[1])
