-- For a cluster: removes a session from the list of devices. On one server session-remove does it.
-- KEYS: devices (only for the slot)   ARGV: owner, session key
forget_device(ARGV[1], ARGV[2])
return 1
