-- For a cluster: lists a session as a device. On one server session-write does it.
-- KEYS: devices (only for the slot)   ARGV: shift, lifetime, owner, session key, sealed device
list_device(ARGV[3], ARGV[4], ARGV[5], time(ARGV[1]), tonumber(ARGV[2]))
return 1
