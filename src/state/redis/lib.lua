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

-- The channel of the owner whose cart this is. Any server of a cluster may publish to any channel.
local function events_of(cart)
  return 'events' .. string.sub(cart, #'cart' + 1)
end

-- True when `key` is of `kind`. What is of another kind is in the way, and deleted.
local function of_kind(key, kind)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
  return found == kind
end

-- Devices are a hash (session key -> sealed traits) and a sorted set of when each was last seen.
local function list_device(owner, session, sealed, now, lifetime)
  local devices = owner_key('devices', owner)
  local seen = devices .. ':seen'
  of_kind(devices, 'hash')
  of_kind(seen, 'zset')
  redis.call('HSET', devices, session, sealed)
  redis.call('ZADD', seen, now, session)
  redis.call('PEXPIREAT', devices, now + lifetime)
  redis.call('PEXPIREAT', seen, now + lifetime)
end

local function forget_device(owner, session)
  local devices = owner_key('devices', owner)
  if of_kind(devices, 'hash') then redis.call('HDEL', devices, session) end
  if of_kind(devices .. ':seen', 'zset') then redis.call('ZREM', devices .. ':seen', session) end
end

-- Flat: session key, sealed traits, last seen, and so on. Whoever was not seen for an idle lifetime has ended.
local function devices_of(owner, now, idle)
  local devices = owner_key('devices', owner)
  local seen = devices .. ':seen'
  if not of_kind(devices, 'hash') or not of_kind(seen, 'zset') then return {} end
  for _, ended in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - idle)) do
    forget_device(owner, ended)
  end
  local flat, listed = redis.call('HGETALL', devices), {}
  for i = 1, #flat, 2 do
    listed[#listed + 1] = flat[i]
    listed[#listed + 1] = flat[i + 1]
    listed[#listed + 1] = redis.call('ZSCORE', seen, flat[i]) or '0'
  end
  return listed
end

-- Notes that a listed device was here, once in `step` milliseconds. A full store must not fail a page view: pcall.
local function see_device(owner, session, now, step)
  local seen = owner_key('devices', owner) .. ':seen'
  local last = of_kind(seen, 'zset') and redis.call('ZSCORE', seen, session)
  if last and now - last >= step then redis.pcall('ZADD', seen, 'XX', now, session) end
end

-- 'none', 'damaged', or 'sound' as far as one field tells.
local function cart_state(cart, now)
  local expires = redis.call('PEXPIRETIME', cart)
  if expires == -2 then return 'none' end
  if expires ~= -1 and expires <= now then
    redis.call('DEL', cart)
    return 'none'
  end
  if redis.call('TYPE', cart).ok ~= 'hash' then return 'damaged' end
  local version = redis.call('HGET', cart, 'version')
  return version and string.match(version, '^%d+$') and 'sound' or 'damaged'
end

-- The cart as a flat hash, empty where there is none; without a version where it is damaged.
local function cart_of(owner, now)
  local cart = owner_key('cart', owner)
  local state = cart_state(cart, now)
  if state == 'none' then return {} end
  return state == 'sound' and redis.call('HGETALL', cart) or { 'damaged', '' }
end
