-- Writes the changed fields of a session. It never re-creates a session that is gone.
-- KEYS: session
-- ARGV: shift, lifetime, create (1|0), owner or '', sealed device or '', device lifetime, most devices, most devices that
--       are ended, most bytes, number of fields to set, their names and values, then names to remove
-- Answers 'written', and the keys of the sessions that were ended because their owner had too many devices. When nothing
-- was written it answers 'gone', 'moved' when the record was moved to another key, or 'full'.
local session, now = KEYS[1], time(ARGV[1])
local owner, device, most_bytes, pairs_set = ARGV[4], ARGV[5], tonumber(ARGV[9]), tonumber(ARGV[10])
local first = 11
local first_removed = first + 2 * pairs_set

local function would_be_full()
  local bytes, growth = 0, 0
  for _, value in ipairs(redis.call('HVALS', session)) do bytes = bytes + #value end
  for i = first, first_removed - 1, 2 do growth = growth + #ARGV[i + 1] - redis.call('HSTRLEN', session, ARGV[i]) end
  for i = first_removed, #ARGV do growth = growth - redis.call('HSTRLEN', session, ARGV[i]) end
  return growth > 0 and bytes + growth > most_bytes
end

if ARGV[3] == '0' then
  if not is_alive(session, 'hash', now) then return { 'gone' } end
  if successor_of(session) then return { 'moved' } end
  if would_be_full() then return { 'full' } end
end

for i = first_removed, #ARGV do redis.call('HDEL', session, ARGV[i]) end
for i = first, first_removed - 1, 2 do redis.call('HSET', session, ARGV[i], ARGV[i + 1]) end
if owner ~= '' then redis.call('HSET', session, ':owner', owner) end
redis.call('PEXPIREAT', session, now + tonumber(ARGV[2]))

local ended = {}
if device ~= '' then
  ended = list_device(owner, session, device, now, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]))
  end_devices(owner, ended)
end
return { 'written', unpack(ended) }
