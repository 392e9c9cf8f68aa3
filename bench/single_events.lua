-- For wrk: one event a request, no two alike, over many resources.
-- STATEWIRE_BENCH_TEMPLATES names a file with one event a line, in which runs of letters stand for
-- the fields: see bench/events.py, which writes it.

local kResources = 100000
local kFirstSecond = 1704067200

local threads = 0
function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end

local fields = {
  {name = "time", letters = string.rep("T", 19)},
  {name = "number", letters = string.rep("N", 12)},
  {name = "instance", letters = string.rep("R", 17)},
  {name = "state", letters = "SSSSSSS"},
  {name = "account", letters = string.rep("A", 12)},
  {name = "region", letters = "GGGGGGGGG"},
}

-- A template as its literal pieces, and which field follows each.
local function split(line)
  local pieces, names, at = {}, {}, 1
  while true do
    local first, length, name = nil, 0, nil
    for _, field in ipairs(fields) do
      local found = line:find(field.letters, at, true)
      if found and (not first or found < first) then
        first, length, name = found, #field.letters, field.name
      end
    end
    if not first then break end
    pieces[#pieces + 1] = line:sub(at, first - 1)
    names[#names + 1] = name
    at = first + length
  end
  pieces[#pieces + 1] = line:sub(at)
  return {pieces = pieces, names = names, length = #line}
end

local templates = {}
function init()
  for line in io.lines(os.getenv("STATEWIRE_BENCH_TEMPLATES")) do
    templates[#templates + 1] = split(line)
  end
end

local count = 0
local second, time = -1, ""
local parts = {}
function request()
  count = count + 1
  -- Each resource is told of by each template in turn, and has changed its state by then.
  local round = math.floor(count / kResources)
  local template = templates[(count + round) % #templates + 1]
  local moment = kFirstSecond + math.floor(count / 100)
  if moment ~= second then
    second, time = moment, os.date("!%Y-%m-%dT%H:%M:%S", moment)
  end
  local resource = math.floor(count * 7919 % kResources)
  local values = {
    time = time,
    number = string.format("%02x%010x", place, count),
    instance = string.format("0a1b2c3d%02x%07x", place, resource),
    state = math.floor(round / #templates) % 2 == 0 and "running" or "stopped",
    account = "111122223333",
    region = "eu-west-1",
  }
  parts[1] = "POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" ..
    "Content-Length: " .. template.length .. "\r\n\r\n"
  local last = 1
  for i, name in ipairs(template.names) do
    parts[last + 1] = template.pieces[i]
    parts[last + 2] = values[name]
    last = last + 2
  end
  parts[last + 1] = template.pieces[#template.pieces]
  return table.concat(parts, "", 1, last + 1)
end

-- One line for bench/run.py, times in microseconds.
function done(summary, latency)
  io.write(string.format(
    '\nresult {"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
