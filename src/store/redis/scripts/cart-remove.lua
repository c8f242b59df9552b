-- Deletes a cart and everything that is stored about it. KEYS: cart, changes, undo, moved, quarantine
return redis.call('DEL', unpack(KEYS))
