-- Shared by the scripts and put before each of them.
-- `now` is the app's clock in milliseconds: every process and every test agrees on what has expired.
-- All keys of one owner bear the hash tag {owner}, so that they share a slot in a cluster.

-- True when `key` is a live value of `kind`. What has run out or is of another kind is deleted.
local function alive(key, kind, now)
  local expires = redis.call('PEXPIRETIME', key)
  if expires == -2 then return false end
  if (expires == -1 or expires > now) and redis.call('TYPE', key).ok == kind then return true end
  redis.call('DEL', key)
  return false
end

local function owner_key(kind, owner)
  return kind .. ':{' .. owner .. '}'
end

-- True when `key` is of `kind`. What is of another kind is in the way, and deleted.
local function of_kind(key, kind)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
  return found == kind
end
