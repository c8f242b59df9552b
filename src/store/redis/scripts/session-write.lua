-- Writes the changed fields of a session. It never re-creates a session that is gone.
-- Answers 'written', 'gone', or 'moved' when the record was moved to another key.
-- KEYS: session   ARGV: shift, idle lifetime, create (1|0), owner or '', sealed device or '', device lifetime,
--                       number of fields to set, their names and values, then names to remove
local session, now = KEYS[1], time(ARGV[1])
local owner, device, pairs_set = ARGV[4], ARGV[5], tonumber(ARGV[7])

if ARGV[3] == '0' then
  if not is_alive(session, 'hash', now) then return 'gone' end
  if successor_of(session) then return 'moved' end
end

for i = 8 + 2 * pairs_set, #ARGV do redis.call('HDEL', session, ARGV[i]) end
for i = 8, 7 + 2 * pairs_set, 2 do redis.call('HSET', session, ARGV[i], ARGV[i + 1]) end
if owner ~= '' then redis.call('HSET', session, ':owner', owner) end
redis.call('PEXPIREAT', session, now + tonumber(ARGV[2]))

if device ~= '' then list_device(owner, session, device, now, tonumber(ARGV[6])) end
return 'written'
