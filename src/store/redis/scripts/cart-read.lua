-- Reads a cart as a flat hash. KEYS: cart (only for the slot)   ARGV: shift, owner
return flat_cart(ARGV[2], time(ARGV[1]))
