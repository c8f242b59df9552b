-- Moves a damaged cart to the quarantine and replaces it by an empty one with a notice. The cart may have changed since
-- it was read. A changed cart is left alone.
-- KEYS: cart, quarantine, undo
-- ARGV: shift, lifetime in the quarantine, lifetime of the empty cart, the cart as it was read
-- Answers 1, or 0 when the cart has changed.
local cart, quarantine, undo = KEYS[1], KEYS[2], KEYS[3]
local now = time(ARGV[1])
local state = cart_state(cart, now)

if state == 'none' then return 0 end
if state == 'valid' then
  local flat = redis.call('HGETALL', cart)
  if #flat ~= #ARGV - 3 then return 0 end
  for i, value in ipairs(flat) do
    if value ~= ARGV[3 + i] then return 0 end
  end
end

redis.call('RENAME', cart, quarantine)
redis.call('PEXPIREAT', quarantine, now + tonumber(ARGV[2]))
redis.call('DEL', undo)
redis.call('HSET', cart, 'born', now, 'version', 1, 'notices', '[{"code":"damaged"}]')
redis.call('PEXPIREAT', cart, now + tonumber(ARGV[3]))
return 1
