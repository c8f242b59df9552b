-- Does everything that the scripts do, on keys that live for a second. So a missing right, an old version, a full server
-- or a read-only one is found before a visitor finds it. Every command of the scripts must be here.
-- KEYS: session, devices, last seen, link, answer, uses, failures   ARGV: owner
-- KEYS of a cart: cart, changes, undo, moved, claimed, quarantine -- shop
-- Answers {}, or {error, the command with its key}.
local session, devices, seen, link, answer, uses, failures = unpack(KEYS, 1, 7)
local cart, changes, undo, moved, claimed, quarantine = unpack(KEYS, 8, 13) -- shop
local SHORT = 1000
local now = redis.pcall('TIME')
if now.err then return { now.err, 'TIME' } end
local expiry = time(0) + SHORT

local steps = {
  { 'HSET', session, ':owner', 'x' },
  { 'PEXPIREAT', session, expiry },
  { 'PEXPIRETIME', session },
  { 'TYPE', session },
  { 'HGET', session, ':owner' },
  { 'HMGET', session, ':owner' },
  { 'HGETALL', session },
  { 'HLEN', session },
  { 'HVALS', session },
  { 'HSTRLEN', session, ':owner' },
  { 'HDEL', session, 'x' },
  { 'HSET', devices, 'x', 'x' },
  { 'PEXPIREAT', devices, expiry },
  { 'HKEYS', devices },
  { 'HEXISTS', devices, 'x' },
  { 'ZADD', seen, expiry, 'x' },
  { 'PEXPIREAT', seen, expiry },
  { 'ZSCORE', seen, 'x' },
  { 'ZCARD', seen },
  { 'ZRANGEBYSCORE', seen, '-inf', 0 },
  { 'ZREM', seen, 'x' },
  { 'SET', link, 'x', 'PXAT', expiry },
  { 'GETDEL', link },
  { 'SET', answer, 'x', 'PXAT', expiry },
  { 'SET', uses, 1, 'PXAT', expiry },
  { 'INCR', uses },
  { 'HINCRBY', failures, 'count', 1 },
  { 'PEXPIREAT', failures, expiry },
  -- shop {
  { 'HSET', cart, 'version', 1 },
  { 'PEXPIREAT', cart, expiry },
  { 'ZADD', changes, expiry, 'x' },
  { 'PEXPIREAT', changes, expiry },
  { 'ZRANGE', changes, 0, '+inf', 'BYSCORE', 'WITHSCORES' },
  { 'ZREMRANGEBYSCORE', changes, '-inf', 0 },
  { 'ZREMRANGEBYRANK', changes, 0, -2 },
  { 'SET', undo, 'x', 'PXAT', expiry },
  { 'SET', moved, 'x', 'NX', 'PXAT', expiry },
  { 'GET', moved },
  { 'SET', claimed, 'x', 'PXAT', expiry },
  { 'RENAME', cart, quarantine },
  -- } shop
  { 'DEL', session, devices, link, answer, uses, failures },
  { 'DEL', changes, undo, moved, claimed, quarantine }, -- shop
  { 'PUBLISH', owner_key('events', ARGV[1]), 'ready' },
}

for _, step in ipairs(steps) do
  local result = redis.pcall(unpack(step))
  if type(result) == 'table' and result.err then
    redis.pcall('DEL', unpack(KEYS))
    return { result.err, step[1] .. ' ' .. step[2] }
  end
end
return {}
