-- The cart and the ids of its changes, for a merge into another: {whole cart, {id, time, id, ...}}
-- KEYS: cart, changes   ARGV: now, owner, how long ids are remembered
local now = tonumber(ARGV[1])
local ids = {}
if alive(KEYS[2], 'zset', now) then
  ids = redis.call('ZRANGE', KEYS[2], now - tonumber(ARGV[3]), '+inf', 'BYSCORE', 'WITHSCORES')
end
return { cart_of(ARGV[2], now), ids }
