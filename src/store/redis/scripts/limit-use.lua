-- Counts one use of a window that opens with its first use. Answers the milliseconds until it closes when it is used up, else 0.
-- KEYS: uses   ARGV: now, limit, window
local uses, now = KEYS[1], tonumber(ARGV[1])

if not alive(uses, 'string', now) then
  redis.call('SET', uses, 1, 'PXAT', now + tonumber(ARGV[3]))
  return 0
end
if redis.call('INCR', uses) <= tonumber(ARGV[2]) then return 0 end
return redis.call('PEXPIRETIME', uses) - now
