-- KEYS: devices
return of_kind(KEYS[1], 'hash') and redis.call('HKEYS', KEYS[1]) or {}
