-- Applies one change to a cart exactly once.
-- KEYS: cart, changes, undo, moved, and the session if it must still exist
-- ARGV: shift, lifetime, change id, kind, seven limits (see cart-store.ts), follow `moved` (1|0), lifetime until the guest
--       comes back or '', and the arguments of the kind:
--       add, set -> slug, quantity; undo -> version or '';
--       merge -> number of lines, slug, quantity, slug, ..., then the change ids of the other cart: id, time, id, ...
-- Answers {'ok', flat cart}. When nothing was applied it answers {'moved', owner} if the cart was merged into that
-- owner's cart, {'damaged'} if the cart must go to the quarantine first, or {'ended'} if the session is gone.
local cart, changes, undo, moved, session = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, lifetime, id, kind = time(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local max_quantity, max_lines, max_version = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local undo_window, id_lifetime, max_ids = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local until_return = tonumber(ARGV[13])
local FIRST = 14

-- Checks
if session and not is_session_alive(session, now, tonumber(ARGV[11])) then return { 'ended' } end
local target = ARGV[12] == '1' and is_alive(moved, 'string', now) and redis.call('GET', moved)
if target then return { 'moved', target } end
local state = cart_state(cart, now)
if state == 'damaged' then return { 'damaged' } end
local exists = state == 'valid'
-- docs: once
local applied = is_alive(changes, 'zset', now) and redis.call('ZSCORE', changes, id)
if exists and applied and tonumber(applied) > now - id_lifetime then return { 'ok', redis.call('HGETALL', cart) } end
-- docs: end

local lines, version = {}, 0
if exists then lines, version = read_cart(cart, max_quantity, max_version) end
if not lines then return { 'damaged' } end
version = version + 1

-- The change, applied to the lines
local change = { kind = kind }
local ids_from = #ARGV + 1
if kind == 'add' or kind == 'set' then
  change.slug, change.quantity = ARGV[FIRST], tonumber(ARGV[FIRST + 1])
elseif kind == 'merge' then
  ids_from = FIRST + 1 + 2 * tonumber(ARGV[FIRST])
  change.other_lines = { unpack(ARGV, FIRST + 1, ids_from - 1) }
elseif kind == 'undo' and exists then
  local before, of_version = read_undo(undo, now, max_quantity)
  if ARGV[FIRST] == '' or tonumber(ARGV[FIRST]) == of_version then change.before = before end
end
local before, notices = apply_change(lines, change, version, max_quantity, max_lines)

-- The writes. Redis checks its memory limit only until the first write of a script. So an add begins with HSET, which
-- fails when Redis is full, and a removal begins with HDEL, which does not. Old change ids are deleted at the end.
if not exists then redis.call('HSET', cart, 'born', now) end
for slug in pairs(before) do
  if lines[slug] then redis.call('HSET', cart, 'line:' .. slug, write_line(lines[slug]))
  else redis.call('HDEL', cart, 'line:' .. slug) end
end
redis.call('HSET', cart, 'version', version, 'notices', #notices > 0 and cjson.encode(notices) or '[]')

-- The offer to undo this change
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

-- The change ids, the expiry and the event
redis.call('ZADD', changes, now, id)
for i = ids_from, #ARGV, 2 do redis.call('ZADD', changes, 'GT', ARGV[i + 1], ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', changes, '-inf', now - id_lifetime)
redis.call('ZREMRANGEBYRANK', changes, 0, -max_ids - 1)
if until_return then redis.call('HSET', cart, 'kept', string.format('%d', now + lifetime)) end
redis.call('PEXPIREAT', cart, now + math.min(until_return or lifetime, lifetime))
redis.call('PEXPIREAT', changes, now + id_lifetime)
local after = redis.call('HGETALL', cart)
publish_event(events_channel(cart), 'cart ' .. version)
return { 'ok', after }
