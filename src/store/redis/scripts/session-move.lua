-- Replaces a session record by a pointer, if the record is still what was read, and writes its successor.
-- KEYS: session, and on one server also its successor
-- ARGV: shift, idle lifetime, pointer lifetime, pointer, successor's key, device lifetime, owner or '',
--       sealed device of the successor or '', number of fields as read, their names and bytes,
--       number of fields of the successor, their names and bytes
-- Answers 'moved', 'changed' when the record is not what was read, or 'gone'.
local session, successor, now = KEYS[1], KEYS[2], time(ARGV[1])
local owner, device = ARGV[7], ARGV[8]

if not is_alive(session, 'hash', now) or successor_of(session) then return 'gone' end

local at, count = 10, tonumber(ARGV[9])
if redis.call('HLEN', session) ~= count + (owner ~= '' and 1 or 0) then return 'changed' end
if (redis.call('HGET', session, ':owner') or '') ~= owner then return 'changed' end
for i = 1, count do
  if redis.call('HGET', session, ARGV[at]) ~= ARGV[at + 1] then return 'changed' end
  at = at + 2
end

if successor then
  for i = at + 1, at + 2 * tonumber(ARGV[at]), 2 do redis.call('HSET', successor, ARGV[i], ARGV[i + 1]) end
  if owner ~= '' then redis.call('HSET', successor, ':owner', owner) end
  redis.call('PEXPIREAT', successor, now + tonumber(ARGV[2]))
  if owner ~= '' then forget_device(owner, session) end
  if device ~= '' then list_device(owner, successor, device, now, tonumber(ARGV[6]), math.huge, 0) end
end

redis.call('DEL', session)
redis.call('HSET', session, ':pointer', ARGV[4], ':successor', ARGV[5])
redis.call('PEXPIREAT', session, now + tonumber(ARGV[3]))
if owner ~= '' then publish_event(owner_key('events', owner), 'ended ' .. session) end
return 'moved'
