-- Cluster only: the second half of session-remove, on the owner's slot.
-- KEYS: devices (for the slot)   ARGV: owner, session key
forget_device(ARGV[1], ARGV[2])
return 1
