-- Cluster only: the second half of session-load, on the owner's slot.
-- KEYS: cart (for the slot)   ARGV: now, idle lifetime, seen step, owner, session key, with devices (1|0)
local now, idle, step, owner = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

see_device(owner, ARGV[5], now, step)
return { cart_of(owner, now), ARGV[6] == '1' and devices_of(owner, now, idle + step) or {} }
