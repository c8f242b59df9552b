-- Answers the session keys of an owner's devices. KEYS: devices
return is_of_kind(KEYS[1], 'hash') and redis.call('HKEYS', KEYS[1]) or {}
