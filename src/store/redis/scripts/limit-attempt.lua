-- Counts an attempt as a failure, unless the caller has to wait because of earlier failures.
-- KEYS: failures; and if attempts come from several sources: the failures of this source, then of all sources together
-- ARGV: shift, lifetime of the failures, how many failures of one source count together with those of others,
--       number of delays, delays after the first failure, the second and so on, then those of all sources together
-- Answers how long to wait in milliseconds, and the number of failures in a row, of the source if there is one.
local now, lifetime, most_of_one = time(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local last = 4 + tonumber(ARGV[4])

-- Reads the failures under a key, whose delays are the arguments from `first` to `final`.
local function read_counter(key, first, final)
  local counter = { key = key, count = 0, wait = 0 }
  function counter.delay()
    if counter.count == 0 then return 0 end
    return tonumber(ARGV[math.min(first - 1 + counter.count, final)])
  end

  if not is_alive(key, 'hash', now) then return counter end
  counter.count = tonumber(redis.call('HGET', key, 'count')) or 0
  local wait = (tonumber(redis.call('HGET', key, 'pause')) or now) - now
  counter.wait = math.max(0, math.min(wait, counter.delay()))
  -- After the clock was set back, the end of the pause is too far away.
  if wait > counter.wait then redis.call('HSET', key, 'pause', now + counter.wait) end
  return counter
end

local function count_failure(counter)
  counter.count = redis.call('HINCRBY', counter.key, 'count', 1)
  redis.call('HSET', counter.key, 'pause', now + counter.delay())
  redis.call('PEXPIREAT', counter.key, now + lifetime)
end

local one = read_counter(KEYS[1], 5, last)
local all = KEYS[2] and read_counter(KEYS[2], last + 1, #ARGV)
local wait = math.max(one.wait, all and all.wait or 0)
if wait > 0 then return { wait, one.count } end

count_failure(one)
if all and (one.count <= most_of_one or all.delay() > 0) then count_failure(all) end
return { 0, one.count }
