-- A session that was moved to another id leaves a record with two fields: ':pointer', which only the old id opens, and
-- ':successor', the key of the new record.

-- Returns the key of the record to which this one was moved, or nil.
local function successor_of(session)
  return redis.call('HGET', session, ':successor') or nil
end

-- Returns true when there is a session under this key, or under the key to which it was moved. Only for one server: on
-- a cluster the other key may be on another server.
local function is_session_alive(session, now, most_pointers)
  for _ = 0, most_pointers do
    if not is_alive(session, 'hash', now) then return false end
    local successor = successor_of(session)
    if not successor then return true end
    session = successor
  end
  return false
end
