-- POST /predict with bodies that differ, and one line of figures at the end.
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"

local n = 0
request = function()
  n = n + 1
  local body = '{"age":%d,"limit":%d,"history":"good"}'
  return wrk.format(nil, "/predict", nil, body:format(20 + n % 50, 500 + (n * 37) % 9000))
end

done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.read + summary.errors.timeout
  io.write(("FIGURES %d %d %.0f\n"):format(summary.requests, failed, latency:percentile(50)))
end
