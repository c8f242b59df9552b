-- The files in lib/ are put in front of every script.
-- `now` is the time of the app in milliseconds. So all processes agree on what has expired, and a test can move it.
-- All keys of one owner have the hash tag {owner}, so that they are in one slot of a cluster.

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
