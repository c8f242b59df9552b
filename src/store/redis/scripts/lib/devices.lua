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

-- Flat: session key, sealed traits, last seen, and so on. Whoever was not seen for `lifetime` has ended.
local function devices_of(owner, now, lifetime)
  local devices = owner_key('devices', owner)
  local seen = devices .. ':seen'
  if not of_kind(devices, 'hash') or not of_kind(seen, 'zset') then return {} end
  for _, ended in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - lifetime)) do
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
