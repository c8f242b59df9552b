-- Deletes the failures after a success.
-- KEYS: failures; or the failures of a source, then of all sources together. Of those only this attempt is taken back.
redis.call('DEL', KEYS[1])
local all = KEYS[2]
if all and is_of_kind(all, 'hash') then
  if redis.call('HINCRBY', all, 'count', -1) <= 0 then redis.call('DEL', all)
  else redis.call('HSET', all, 'pause', 0) end
end
return 1
