-- Counts one use in a window that opens with its first use.
-- KEYS: uses   ARGV: shift, limit, length of the window in milliseconds
-- Answers 0, or the milliseconds until the window closes when there were more than `limit` uses.
local uses, now = KEYS[1], time(ARGV[1])

if not is_alive(uses, 'string', now) then
  redis.call('SET', uses, 1, 'PXAT', now + tonumber(ARGV[3]))
  return 0
end
if redis.call('INCR', uses) <= tonumber(ARGV[2]) then return 0 end
return redis.call('PEXPIRETIME', uses) - now
