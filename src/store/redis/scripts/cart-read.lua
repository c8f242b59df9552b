-- Reads a cart as a flat hash. KEYS: cart (only for the slot)   ARGV: now, owner
return flat_cart(ARGV[2], tonumber(ARGV[1]))
