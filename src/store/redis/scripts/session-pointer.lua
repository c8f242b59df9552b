-- Reads the pointer that a moved session record left.
-- KEYS: session   ARGV: shift
-- Answers {pointer, successor's key}, or nothing.
if not is_alive(KEYS[1], 'hash', time(ARGV[1])) then return false end
local pointer = redis.call('HMGET', KEYS[1], ':pointer', ':successor')
return pointer[1] and pointer[2] and pointer
