-- Reads what a moved session record left: {pointer, successor's key}, or nothing.
-- KEYS: session   ARGV: now
if not alive(KEYS[1], 'hash', tonumber(ARGV[1])) then return false end
local pointer = redis.call('HMGET', KEYS[1], ':pointer', ':successor')
return pointer[1] and pointer[2] and pointer
