-- Sets a cart that does not read aside, and leaves an empty one that says so. Only while it is as it was read:
-- whoever comes late must not take a new cart away.
-- KEYS: cart, quarantine, undo   ARGV: now, how long to keep it, lifetime of the empty one, the cart as it was read
local cart, aside, undo = KEYS[1], KEYS[2], KEYS[3]
local now = tonumber(ARGV[1])
local state = cart_state(cart, now)

if state == 'none' then return 0 end
if state == 'sound' then
  local flat = redis.call('HGETALL', cart)
  if #flat ~= #ARGV - 3 then return 0 end
  for i, value in ipairs(flat) do
    if value ~= ARGV[3 + i] then return 0 end
  end
end

redis.call('RENAME', cart, aside)
redis.call('PEXPIREAT', aside, now + tonumber(ARGV[2]))
redis.call('DEL', undo)
redis.call('HSET', cart, 'born', now, 'version', 1, 'notices', '[{"code":"damaged"}]')
redis.call('PEXPIREAT', cart, now + tonumber(ARGV[3]))
return 1
