-- Stores a link, unless there is one under this key. Answers 1 when it was stored, else 0.
-- KEYS: link   ARGV: shift, sealed content, lifetime
local now = time(ARGV[1])
if is_alive(KEYS[1], 'string', now) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', now + tonumber(ARGV[3]))
return 1
