-- Deletes a session and its entry among its owner's devices, and publishes the event.
-- A session that was moved is deleted where it is now.
-- KEYS: session
-- ARGV: on one server (1|0), the owner or '' (used when the record has none), how many pointers to follow
-- Answers the owner, and on a cluster the successor, which the caller must delete next. Either may be false.
local session, one_server = KEYS[1], ARGV[1] == '1'
local owner, successor

for _ = 0, tonumber(ARGV[3]) do
  local is_hash = redis.call('TYPE', session).ok == 'hash'
  owner = is_hash and redis.call('HGET', session, ':owner')
  successor = is_hash and successor_of(session)
  redis.call('DEL', session)
  if not successor or not one_server then break end
  session = successor
end

if not owner and ARGV[2] ~= '' then owner = ARGV[2] end
if owner and one_server then forget_device(owner, session) end
if owner then publish_event(owner_key('events', owner), 'ended ' .. session) end
return { owner or false, not one_server and successor or false }
