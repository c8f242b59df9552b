-- The devices of an owner are a hash (session key -> sealed traits) and a sorted set with the time at which each was
-- last seen.

-- Adds a device. The whole list expires when nobody was added for `lifetime` milliseconds.
-- Returns the devices beyond `most`, those that were not seen for longest, but no more than `most_ended`.
local function list_device(owner, session, sealed, now, lifetime, most, most_ended)
  local devices = owner_key('devices', owner)
  local seen = devices .. ':seen'
  -- Called because they delete values of another kind.
  is_of_kind(devices, 'hash')
  is_of_kind(seen, 'zset')
  redis.call('HSET', devices, session, sealed)
  redis.call('ZADD', seen, now, session)
  redis.call('PEXPIREAT', devices, now + lifetime)
  redis.call('PEXPIREAT', seen, now + lifetime)

  local excess, beyond = redis.call('ZCARD', seen) - most, {}
  if excess <= 0 then return beyond end
  -- After the clock was set back, the new device may be among those that were not seen for longest.
  for _, other in ipairs(redis.call('ZRANGE', seen, 0, math.min(excess, most_ended))) do
    if other ~= session and #beyond < excess then beyond[#beyond + 1] = other end
  end
  return beyond
end

local function forget_device(owner, session)
  local devices = owner_key('devices', owner)
  if is_of_kind(devices, 'hash') then redis.call('HDEL', devices, session) end
  if is_of_kind(devices .. ':seen', 'zset') then redis.call('ZREM', devices .. ':seen', session) end
end

-- Ends the sessions of these devices. Only for one server: on a cluster they may be on other servers.
local function end_devices(owner, sessions)
  for _, session in ipairs(sessions) do
    redis.call('DEL', session)
    forget_device(owner, session)
    redis.call('PUBLISH', owner_key('events', owner), 'ended ' .. session)
  end
end

-- Returns a flat list: session key, sealed traits, last seen, session key, ...
-- It has the `most` devices that were seen last, the latest first.
-- Devices that were not seen for `lifetime` are removed, because their sessions have expired.
local function flat_devices(owner, now, lifetime, most)
  local devices = owner_key('devices', owner)
  local seen = devices .. ':seen'
  if most == 0 or not is_of_kind(devices, 'hash') or not is_of_kind(seen, 'zset') then return {} end
  for _, ended in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - lifetime, 'LIMIT', 0, most)) do
    forget_device(owner, ended)
  end
  local latest, listed = redis.call('ZRANGE', seen, 0, most - 1, 'REV', 'WITHSCORES'), {}
  for i = 1, #latest, 2 do
    local sealed = redis.call('HGET', devices, latest[i])
    if sealed then
      listed[#listed + 1] = latest[i]
      listed[#listed + 1] = sealed
      listed[#listed + 1] = latest[i + 1]
    end
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
