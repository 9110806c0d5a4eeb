-- A request waits while no member of a backend is ready: a haproxy before 3.2 has no word for that.
-- Written by twipc; edit the spec, not this file.
core.register_action("twipc_hold", {"http-req"}, function(txn, backend, milliseconds)
  local left = tonumber(milliseconds)
  while left > 0 and tonumber(txn.f:nbsrv(backend)) == 0 do
    local step = math.min(left, 500)
    core.msleep(step)
    left = left - step
  end
end, 2)
