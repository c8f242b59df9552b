-- Publishes an event on the channel of an owner. It must be the last thing that a script does, and it cannot fail: what
-- the script has written stays written. readiness.lua finds a user that may not publish.
local function publish_event(channel, event)
  redis.pcall('PUBLISH', channel, event)
end
