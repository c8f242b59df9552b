-- Deletes a cart that was merged into another, unless it changed since it was read; changes still on their way follow it.
-- KEYS: cart, changes, undo, moved   ARGV: now, stamp that was merged, owner it moved to, how long to point there
-- Answers 1 when it is gone, 0 when it must be read and merged again.
local now = tonumber(ARGV[1])
local stamp = ''
if cart_state(KEYS[1], now) == 'sound' then
  stamp = (redis.call('HGET', KEYS[1], 'born') or '') .. ':' .. redis.call('HGET', KEYS[1], 'version')
end

if stamp ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('SET', KEYS[4], ARGV[3], 'NX', 'PXAT', now + tonumber(ARGV[4]))
return 1
