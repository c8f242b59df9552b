-- Replaces sealed fields. A field that has changed since it was read stays as it is.
-- KEYS: session   ARGV: field, bytes as read, new bytes, field, ...
for i = 1, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
return 1
