-- Deletes a cart that was merged into another one, unless it has changed since it was read. Changes that arrive later
-- are applied to the other cart.
-- KEYS: cart, changes, undo, moved   ARGV: shift, revision that was merged, owner of the other cart, lifetime of `moved`
-- Answers 1 when the cart is deleted, 0 when it must be read and merged again.
local now = time(ARGV[1])
local revision = ''
if cart_state(KEYS[1], now) == 'valid' then
  revision = (redis.call('HGET', KEYS[1], 'born') or '') .. ':' .. redis.call('HGET', KEYS[1], 'version')
end

if revision ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('SET', KEYS[4], ARGV[3], 'NX', 'PXAT', now + tonumber(ARGV[4]))
return 1
