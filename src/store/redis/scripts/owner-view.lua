-- For a cluster: loads what belongs to an owner, and the devices. On one server session-load does it.
-- KEYS: devices (only for the slot)   ARGV: shift, idle lifetime, seen step, owner, session key, with devices (1|0)
local now, idle, step, owner = time(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

update_last_seen(owner, ARGV[5], now, step)
local owner_data = {}
owner_data = flat_cart(owner, now) -- shop
return { owner_data, ARGV[6] == '1' and flat_devices(owner, now, idle + step) or {} }
