-- Reads a cart and the ids of its changes, for a merge into another cart. The first who asks may merge it.
-- KEYS: cart, changes, claimed   ARGV: shift, owner, lifetime of the ids, owner of the other cart, lifetime of the claim
-- Answers {flat cart, {id, time, id, ...}}, or nothing when it is being merged into the cart of somebody else.
local now = time(ARGV[1])
if not is_alive(KEYS[3], 'string', now) then
  redis.call('SET', KEYS[3], ARGV[4], 'PXAT', now + tonumber(ARGV[5]))
end
if redis.call('GET', KEYS[3]) ~= ARGV[4] then return false end

local ids = {}
if is_alive(KEYS[2], 'zset', now) then
  ids = redis.call('ZRANGE', KEYS[2], now - tonumber(ARGV[3]), '+inf', 'BYSCORE', 'WITHSCORES')
end
return { flat_cart(ARGV[2], now), ids }
