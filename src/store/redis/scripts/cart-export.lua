-- Reads a cart and the ids of its changes, for a merge into another cart.
-- KEYS: cart, changes   ARGV: shift, owner, lifetime of the ids
-- Answers {flat cart, {id, time, id, ...}}.
local now = time(ARGV[1])
local ids = {}
if is_alive(KEYS[2], 'zset', now) then
  ids = redis.call('ZRANGE', KEYS[2], now - tonumber(ARGV[3]), '+inf', 'BYSCORE', 'WITHSCORES')
end
return { flat_cart(ARGV[2], now), ids }
