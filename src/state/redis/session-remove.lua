-- Deletes a session and its entry among its owner's devices, and tells who watches. Answers the owner, if it had one.
-- KEYS: session   ARGV: with owner (1|0), the owner if it is known, for a record that lost it
local session = KEYS[1]
local owner = redis.call('TYPE', session).ok == 'hash' and redis.call('HGET', session, ':owner')
if not owner and ARGV[2] ~= '' then owner = ARGV[2] end

redis.call('DEL', session)
if owner then redis.call('PUBLISH', owner_key('events', owner), 'ended ' .. session) end
if owner and ARGV[1] == '1' then forget_device(owner, session) end
return owner
