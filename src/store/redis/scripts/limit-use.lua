-- Counts one use in a window that opens with its first use.
-- KEYS: uses   ARGV: shift, limit, length of the window in milliseconds
-- Answers 0, or the milliseconds until the window closes when there were more than `limit` uses.
local uses, now, window = KEYS[1], time(ARGV[1]), tonumber(ARGV[3])

if not is_alive(uses, 'string', now) then
  redis.call('SET', uses, 1, 'PXAT', now + window)
  return 0
end
-- After the clock was set back, the end of the window is too far away.
local expires = redis.call('PEXPIRETIME', uses)
if expires == -1 or expires - now > window then
  expires = now + window
  redis.call('PEXPIREAT', uses, expires)
end
if redis.call('INCR', uses) <= tonumber(ARGV[2]) then return 0 end
return expires - now
