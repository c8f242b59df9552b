-- The devices of an owner are a hash (session key -> sealed traits) and a sorted set with the time at which each was
-- last seen.

-- Adds a device. The whole list expires when nobody was added for `lifetime` milliseconds.
local function list_device(owner, session, sealed, now, lifetime)
  local devices = owner_key('devices', owner)
  local seen = devices .. ':seen'
  -- Called because they delete values of another kind.
  is_of_kind(devices, 'hash')
  is_of_kind(seen, 'zset')
  redis.call('HSET', devices, session, sealed)
  redis.call('ZADD', seen, now, session)
  redis.call('PEXPIREAT', devices, now + lifetime)
  redis.call('PEXPIREAT', seen, now + lifetime)
end

local function forget_device(owner, session)
  local devices = owner_key('devices', owner)
  if is_of_kind(devices, 'hash') then redis.call('HDEL', devices, session) end
  if is_of_kind(devices .. ':seen', 'zset') then redis.call('ZREM', devices .. ':seen', session) end
end

-- Returns a flat list: session key, sealed traits, last seen, session key, ...
-- Devices that were not seen for `lifetime` are removed, because their sessions have expired.
local function flat_devices(owner, now, lifetime)
  local devices = owner_key('devices', owner)
  local seen = devices .. ':seen'
  if not is_of_kind(devices, 'hash') or not is_of_kind(seen, 'zset') then return {} end
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

-- Writes the time of this request for a listed device, at most once in `step` milliseconds. It uses pcall, because a
-- full Redis must not make a page fail.
local function update_last_seen(owner, session, now, step)
  local seen = owner_key('devices', owner) .. ':seen'
  local last = is_of_kind(seen, 'zset') and redis.call('ZSCORE', seen, session)
  if last and now - last >= step then redis.pcall('ZADD', seen, 'XX', now, session) end
end
