-- Counts an attempt as a failure, unless the caller has to wait because of earlier failures.
-- KEYS: failures   ARGV: shift, lifetime of the failures, delays after the first failure, the second and so on
-- Answers how long to wait in milliseconds, and the number of failures in a row.
local failures, now = KEYS[1], time(ARGV[1])
local delays = #ARGV - 2

local pause = is_alive(failures, 'hash', now) and tonumber(redis.call('HGET', failures, 'pause')) or now
if pause > now then return { pause - now, tonumber(redis.call('HGET', failures, 'count')) } end

local count = redis.call('HINCRBY', failures, 'count', 1)
redis.call('HSET', failures, 'pause', now + tonumber(ARGV[2 + math.min(count, delays)]))
redis.call('PEXPIREAT', failures, now + tonumber(ARGV[2]))
return { 0, count }
