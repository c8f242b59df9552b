-- Loads sessions and extends their expiry. It also loads what belongs to each owner and, on request, some devices.
-- A record that is not a hash or is too large is answered without fields. The app then deletes it as damaged.
-- KEYS: sessions
-- ARGV: shift, idle lifetime, step of the expiry, step of the last-seen time, most bytes, with owner (1|0),
--       and for each session: how many devices
-- Answers for each session: nothing when it is gone or was moved, else the fields, owner's data, devices and expiry, packed
-- with MessagePack.
local now, idle = time(ARGV[1]), tonumber(ARGV[2])

local function load(session, most_devices)
  local unreadable = { {}, {}, {}, '0' }
  local expires = redis.call('PEXPIRETIME', session)
  if expires ~= -1 and expires <= now then return nil end
  if redis.call('TYPE', session).ok ~= 'hash' then return unreadable end

  local fields, bytes = redis.call('HGETALL', session), 0
  for i = 1, #fields, 2 do
    if fields[i] == ':successor' then return nil end
    bytes = bytes + #fields[i + 1]
  end
  if bytes > tonumber(ARGV[5]) then return unreadable end

  local owner = redis.call('HGET', session, ':owner')
  if now + idle - expires > tonumber(ARGV[3]) then
    expires = now + idle
    redis.call('PEXPIREAT', session, expires)
    if owner and ARGV[6] == '1' then keep_cart_of_guest(owner) end -- shop
  end
  expires = string.format('%d', expires)

  if not owner or ARGV[6] == '0' then return { fields, {}, {}, expires } end

  update_last_seen(owner, session, now, tonumber(ARGV[4]))
  local devices = flat_devices(owner, now, idle + tonumber(ARGV[4]), most_devices)
  local owner_data = {}
  owner_data = flat_cart(owner, now) -- shop
  return { fields, owner_data, devices, expires }
end

local answers = {}
for i, session in ipairs(KEYS) do
  local found = load(session, tonumber(ARGV[6 + i]))
  answers[i] = found and cmsgpack.pack(found) or false
end
return answers
