-- Returns the channel for the events of a cart's owner. On a cluster every server may publish to every channel.
local function events_channel(cart)
  return 'events' .. string.sub(cart, #'cart' + 1)
end

-- Returns 'none', 'damaged' or 'valid'. It checks only the version; read_cart checks all fields.
local function cart_state(cart, now)
  local expires = redis.call('PEXPIRETIME', cart)
  if expires == -2 then return 'none' end
  if expires ~= -1 and expires <= now then
    redis.call('DEL', cart)
    return 'none'
  end
  if redis.call('TYPE', cart).ok ~= 'hash' then return 'damaged' end
  local version = redis.call('HGET', cart, 'version')
  return version and string.match(version, '^%d+$') and 'valid' or 'damaged'
end

-- The first cart of a guest expires soon. When the guest comes back, it is kept as long as any other cart.
local function keep_cart_of_guest(owner)
  local cart = owner_key('cart', owner)
  if string.sub(owner, 1, #'guest-') ~= 'guest-' or not is_of_kind(cart, 'hash') then return end
  local kept_until = tonumber(redis.call('HGET', cart, 'kept') or nil)
  if not kept_until then return end
  redis.call('PEXPIREAT', cart, string.format('%d', kept_until), 'GT')
end

-- Returns a cart as a flat hash: empty when there is none, without a version when it is damaged.
local function flat_cart(owner, now)
  local cart = owner_key('cart', owner)
  local state = cart_state(cart, now)
  if state == 'none' then return {} end
  return state == 'valid' and redis.call('HGETALL', cart) or { 'damaged', '' }
end

-- Reads a stored line such as "5 12": the quantity, and the version in which the product was added. Returns nil when it
-- is not valid.
local function read_line(text, max_quantity)
  local quantity, added = string.match(tostring(text), '^(%d+) (%d+)$')
  quantity = tonumber(quantity)
  if not quantity or quantity < 1 or quantity > max_quantity then return nil end
  return { quantity = quantity, added = added }
end

local function write_line(line)
  return string.format('%d %d', line.quantity, line.added)
end

-- Reads a table from JSON. Returns nil when it is not one.
local function read_table(json)
  local is_json, value = pcall(cjson.decode, json)
  return is_json and type(value) == 'table' and value or nil
end

-- Reads all fields of a cart whose version is valid. Returns slug -> line, and the version; nil when it is damaged.
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

-- Reads the record from which the last change can be undone. Returns the lines that the change touched, as they were
-- before (slug -> line, false for a product that was not in the cart), and the version that the change made. Returns
-- nil when there is no record or when it is not valid.
local function read_undo(undo, now, max_quantity)
  local record = is_alive(undo, 'string', now) and read_table(redis.call('GET', undo))
  if not record or type(record.before) ~= 'table' then return nil end
  local before = {}
  for slug, text in pairs(record.before) do
    before[slug] = text and read_line(text, max_quantity)
    if text and not before[slug] then return nil end
  end
  return before, record.version
end
