-- For a cluster: loads what belongs to an owner, and the devices. On one server session-load does it.
-- KEYS: devices (only for the slot)   ARGV: shift, idle lifetime, seen step, owner, session key, how many devices
local now, idle, step, owner = time(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

update_last_seen(owner, ARGV[5], now, step)
local owner_data = {}
keep_cart_of_guest(owner) -- shop
owner_data = flat_cart(owner, now) -- shop
return { owner_data, flat_devices(owner, now, idle + step, tonumber(ARGV[6])) }
