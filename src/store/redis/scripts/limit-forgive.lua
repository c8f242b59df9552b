-- Deletes the failures after a success. KEYS: failures
return redis.call('DEL', KEYS[1])
