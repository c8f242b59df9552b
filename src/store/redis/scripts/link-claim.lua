-- Stores a link, unless there is one under this key. Answers 1 when it was stored, else 0.
-- KEYS: link   ARGV: now, sealed content, time of expiry
if is_alive(KEYS[1], 'string', tonumber(ARGV[1])) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
return 1
