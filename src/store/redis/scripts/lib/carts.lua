-- The channel of the owner whose cart this is. Any server of a cluster may publish to any channel.
local function events_of(cart)
  return 'events' .. string.sub(cart, #'cart' + 1)
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

-- A line as it is kept, "5 12": its quantity, and the version in which it was added. Nothing where that makes no sense.
local function read_line(text, max_quantity)
  local quantity, added = string.match(tostring(text), '^(%d+) (%d+)$')
  quantity = tonumber(quantity)
  if not quantity or quantity < 1 or quantity > max_quantity then return nil end
  return { quantity = quantity, added = added }
end

local function write_line(line)
  return string.format('%d %d', line.quantity, line.added)
end

-- The table that `json` is, or nothing.
local function read_table(json)
  local read, value = pcall(cjson.decode, json)
  return read and type(value) == 'table' and value or nil
end

-- A sound cart as slug -> line, and its version. Nothing where a look at all fields shows that it is damaged.
local function read_cart(cart, max_quantity, max_version)
  local lines, version = {}, 0
  local flat = redis.call('HGETALL', cart)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    local slug = string.match(field, '^line:(.+)$')
    if slug then
      lines[slug] = read_line(value, max_quantity)
      if not lines[slug] then return nil end
    elseif field == 'version' then
      version = tonumber(value)
      if version < 1 or version > max_version then return nil end
    elseif (field == 'notices' or field == 'undo') and not read_table(value) then
      return nil
    end
  end
  return lines, version
end

-- The lines that the last change touched, as they were before (slug -> line, false where there was none), and the
-- version that it made. Nothing where there is no such record, or it makes no sense.
local function read_undo(undo, now, max_quantity)
  local record = alive(undo, 'string', now) and read_table(redis.call('GET', undo))
  if not record or type(record.before) ~= 'table' then return nil end
  local before = {}
  for slug, text in pairs(record.before) do
    before[slug] = text and read_line(text, max_quantity)
    if text and not before[slug] then return nil end
  end
  return before, record.version
end
