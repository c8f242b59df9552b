-- For a cluster: lists a session as a device. On one server session-write does it.
-- KEYS: devices (only for the slot)
-- ARGV: shift, lifetime, owner, session key, sealed device, most devices, most that are ended
-- Answers the keys of the sessions that are too many, which the caller must end.
local now, lifetime, most, most_ended = time(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[6]), tonumber(ARGV[7])
return list_device(ARGV[3], ARGV[4], ARGV[5], now, lifetime, most, most_ended)
