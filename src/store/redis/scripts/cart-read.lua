-- KEYS: cart (for the slot)   ARGV: now, owner
return cart_of(ARGV[2], tonumber(ARGV[1]))
