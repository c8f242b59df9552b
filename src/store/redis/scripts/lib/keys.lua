-- The files in lib/ are put in front of every script.
-- `now` is the time of Redis in milliseconds, because the clocks of several processes may differ.
-- All keys of one owner have the hash tag {owner}, so that they are in one slot of a cluster.

-- Returns the time in milliseconds. `shift` moves it in a test, and is 0 in production: see time-of-redis.ts.
local function time(shift)
  local now = redis.call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000) + tonumber(shift)
end

-- Returns true when `key` has a value of this kind that has not expired. It deletes a value that has expired, and a
-- value of another kind.
local function is_alive(key, kind, now)
  local expires = redis.call('PEXPIRETIME', key)
  if expires == -2 then return false end
  if (expires == -1 or expires > now) and redis.call('TYPE', key).ok == kind then return true end
  redis.call('DEL', key)
  return false
end

local function owner_key(kind, owner)
  return kind .. ':{' .. owner .. '}'
end

-- Returns true when `key` has a value of this kind. It deletes a value of another kind, which would make commands fail.
local function is_of_kind(key, kind)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
  return found == kind
end
