-- Applies one change to a cart exactly once and answers {'ok', whole cart}. Or applies nothing and answers
-- {'moved', owner} where the cart was merged away, {'damaged'} where it must be set aside first, {'ended'} where
-- the session in whose name it was asked is gone.
-- KEYS: cart, changes, undo, moved, and the session if it must live
-- ARGV: now, lifetime, change id, kind, seven limits (see cart-store.ts), and the arguments of the kind:
--       add, set -> slug, quantity; undo -> version or '';
--       merge -> number of lines, slug, quantity, slug, ..., then change ids of the other cart and when: id, time, id, ...
local cart, changes, undo, moved, session = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, lifetime, id, kind = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local max_quantity, max_lines, max_version = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local undo_window, remember, max_ids = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local FIRST = 12

-- Is there anything to do?
if session and not session_alive(session, now, tonumber(ARGV[11])) then return { 'ended' } end
local target = alive(moved, 'string', now) and redis.call('GET', moved)
if target then return { 'moved', target } end
local state = cart_state(cart, now)
if state == 'damaged' then return { 'damaged' } end
local known = state == 'sound'
local seen = alive(changes, 'zset', now) and redis.call('ZSCORE', changes, id)
if known and seen and tonumber(seen) > now - remember then return { 'ok', redis.call('HGETALL', cart) } end

local lines, version = {}, 0
if known then lines, version = read_cart(cart, max_quantity, max_version) end
if not lines then return { 'damaged' } end
version = version + 1

-- What is asked
local change = { kind = kind }
local ids_from = #ARGV + 1
if kind == 'add' or kind == 'set' then
  change.slug, change.quantity = ARGV[FIRST], tonumber(ARGV[FIRST + 1])
elseif kind == 'merge' then
  ids_from = FIRST + 1 + 2 * tonumber(ARGV[FIRST])
  change.theirs = { unpack(ARGV, FIRST + 1, ids_from - 1) }
elseif kind == 'undo' and known then
  local before, of_version = read_undo(undo, now, max_quantity)
  if ARGV[FIRST] == '' or tonumber(ARGV[FIRST]) == of_version then change.before = before end
end
local before, notices = apply_change(lines, change, version, max_quantity, max_lines)

-- Write. Pruning comes last: a script that has written is exempt from maxmemory, and adds must not be.
if not known then redis.call('HSET', cart, 'born', now) end
for slug in pairs(before) do
  if lines[slug] then redis.call('HSET', cart, 'line:' .. slug, write_line(lines[slug]))
  else redis.call('HDEL', cart, 'line:' .. slug) end
end
redis.call('HSET', cart, 'version', version, 'notices', #notices > 0 and cjson.encode(notices) or '[]')

-- Offer to take it back, or note that it was
if change.before then
  redis.call('HDEL', cart, 'undo')
  redis.call('DEL', undo)
elseif next(before) then
  local offer = { version = version, kind = kind, slug = change.slug, ['until'] = now + undo_window }
  if kind == 'set' and change.quantity == 0 then offer.kind = 'remove' end
  redis.call('HSET', cart, 'undo', cjson.encode(offer))
  offer.before = {}
  for slug, line in pairs(before) do offer.before[slug] = line and write_line(line) end
  redis.call('SET', undo, cjson.encode(offer), 'PXAT', now + undo_window)
end

-- Remember, extend, tell
redis.call('ZADD', changes, now, id)
for i = ids_from, #ARGV, 2 do redis.call('ZADD', changes, 'GT', ARGV[i + 1], ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', changes, '-inf', now - remember)
redis.call('ZREMRANGEBYRANK', changes, 0, -max_ids - 1)
redis.call('PEXPIREAT', cart, now + lifetime)
redis.call('PEXPIREAT', changes, now + remember)
redis.call('PUBLISH', events_of(cart), 'cart ' .. version)
return { 'ok', redis.call('HGETALL', cart) }
