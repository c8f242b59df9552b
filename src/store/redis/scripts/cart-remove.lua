-- Deletes a cart and everything kept about it.
-- KEYS: cart, changes, undo, moved, quarantine
return redis.call('DEL', unpack(KEYS))
