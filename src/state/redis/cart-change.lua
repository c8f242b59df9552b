-- Applies one change to a cart exactly once and answers {'ok', whole cart}. Or applies nothing and answers
-- {'moved', owner} where the cart was merged away, {'damaged'} where it must be set aside first, {'ended'} where
-- the session in whose name it was asked is gone.
-- KEYS: cart, changes, undo, moved, and the session if it must live
-- ARGV: now, lifetime, change id, kind, four limits (see cart-store.ts), and the arguments of the kind:
--       add, set -> slug, quantity; undo -> version or '';
--       merge -> number of lines, slug, quantity, slug, ..., then change ids of the other cart and when: id, time, id, ...
local cart, changes, undo, moved = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now, change, kind = tonumber(ARGV[1]), ARGV[3], ARGV[4]
local max_quantity, max_lines = tonumber(ARGV[5]), tonumber(ARGV[6])
local undo_window, remember = tonumber(ARGV[7]), tonumber(ARGV[8])
local function argument(index) return ARGV[8 + index] end

if KEYS[5] and not alive(KEYS[5], 'hash', now) then return { 'ended' } end

local target = alive(moved, 'string', now) and redis.call('GET', moved)
if target then return { 'moved', target } end

local state = cart_state(cart, now)
if state == 'damaged' then return { 'damaged' } end
local known = state == 'sound'
local seen = alive(changes, 'zset', now) and redis.call('ZSCORE', changes, change)
if known and seen and tonumber(seen) > now - remember then return { 'ok', redis.call('HGETALL', cart) } end

local function is_table(json)
  local read, value = pcall(cjson.decode, json)
  return read and type(value) == 'table'
end

-- Read: lines as slug -> {quantity, version in which it was added}
local lines, count, version = {}, 0, 0
if known then
  local flat = redis.call('HGETALL', cart)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    local slug = string.match(field, '^line:(.+)$')
    if slug then
      local quantity, added = string.match(value, '^(%d+) (%d+)$')
      quantity = tonumber(quantity)
      if not quantity or quantity < 1 or quantity > max_quantity then return { 'damaged' } end
      lines[slug], count = { quantity, added }, count + 1
    elseif field == 'version' then
      version = tonumber(value)
      if version < 1 or version > 9007199254740991 then return { 'damaged' } end
    elseif (field == 'notices' or field == 'undo') and not is_table(value) then
      return { 'damaged' }
    end
  end
end
version = version + 1
if not known then redis.call('HSET', cart, 'born', now) end

-- Apply: `before` is what an undo brings back, false where there was no line
local before, notices = {}, {}

local function put(slug, quantity, added)
  local old = lines[slug]
  if quantity == (old and old[1] or 0) then return end
  before[slug] = old and (old[1] .. ' ' .. old[2]) or false
  if quantity == 0 then
    redis.call('HDEL', cart, 'line:' .. slug)
    lines[slug], count = nil, count - 1
    return
  end
  lines[slug] = { quantity, old and old[2] or added or version }
  if not old then count = count + 1 end
  redis.call('HSET', cart, 'line:' .. slug, quantity .. ' ' .. lines[slug][2])
end

-- As `put`, to the nearest quantity that the limits allow, with a notice where that is another
local function put_within_limits(slug, quantity)
  if quantity > 0 and not lines[slug] and count >= max_lines then
    notices[#notices + 1] = { code = 'full', slug = slug }
    return
  end
  if quantity > max_quantity then
    notices[#notices + 1] = { code = 'capped', slug = slug }
    quantity = max_quantity
  end
  put(slug, quantity)
end

local slug = argument(1)
if kind == 'add' then
  put_within_limits(slug, (lines[slug] and lines[slug][1] or 0) + tonumber(argument(2)))
elseif kind == 'set' then
  if argument(2) == '0' then kind = 'remove' end
  put_within_limits(slug, tonumber(argument(2)))
elseif kind == 'clear' then
  for each in pairs(lines) do put(each, 0) end
elseif kind == 'merge' then
  local merged, last = {}, 2 * tonumber(argument(1))
  for i = 2, last, 2 do
    local each, theirs = argument(i), tonumber(argument(i + 1))
    if theirs > (lines[each] and lines[each][1] or 0) then
      put_within_limits(each, theirs)
      if before[each] ~= nil then merged[#merged + 1] = each end
    end
  end
  if #merged > 0 then notices[#notices + 1] = { code = 'merged', slugs = merged } end
  for i = last + 2, #ARGV - 8, 2 do redis.call('ZADD', changes, argument(i + 1), argument(i)) end
elseif kind == 'undo' then
  local kept = known and alive(undo, 'string', now) and redis.call('GET', undo)
  local offer = kept and is_table(kept) and cjson.decode(kept)
  if offer and type(offer.before) == 'table' and (slug == '' or tonumber(slug) == offer.version) then
    for each, old in pairs(offer.before) do
      local quantity, added = string.match(old or '0 0', '^(%d+) (%d+)$')
      put(each, tonumber(quantity), added)
    end
    notices[1] = { code = 'undone' }
  else
    notices[1] = { code = 'nothing-to-undo' }
  end
end

-- Offer to take it back
if next(before) and kind ~= 'undo' then
  local about = (kind == 'add' or kind == 'set' or kind == 'remove') and slug or nil
  local offer = { version = version, kind = kind, slug = about, ['until'] = now + undo_window }
  redis.call('HSET', cart, 'undo', cjson.encode(offer))
  offer.before = before
  redis.call('SET', undo, cjson.encode(offer), 'PXAT', now + undo_window)
elseif kind == 'undo' and notices[1].code == 'undone' then
  redis.call('HDEL', cart, 'undo')
  redis.call('DEL', undo)
end

-- Remember, extend, tell. Pruning comes last: a script that has written is exempt from maxmemory, and adds must not be.
redis.call('HSET', cart, 'version', version, 'notices', #notices > 0 and cjson.encode(notices) or '[]')
redis.call('ZREMRANGEBYSCORE', changes, '-inf', now - remember)
redis.call('ZADD', changes, now, change)
redis.call('PEXPIREAT', cart, now + tonumber(ARGV[2]))
redis.call('PEXPIREAT', changes, now + remember)
redis.call('PUBLISH', events_of(cart), 'cart ' .. version)
return { 'ok', redis.call('HGETALL', cart) }
