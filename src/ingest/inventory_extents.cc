// As a text: the version and a hash, then a line for each state: its path, what has found it, and
// accounts and regions in pairs. The hash is also of the place that is read, so that what another
// configuration has read counts as damaged. It comes with a chunk, and is no longer than an event.
#include "ingest/inventory_extents.h"

#include <algorithm>

#include "base/ids.h"
#include "base/limits.h"

namespace statewire {
namespace {

constexpr std::string_view kVersion = "1 ";
constexpr char kBetween = '\x1f';

std::string header_of(std::string_view place, std::string_view body) {
  return std::string(kVersion) +
         std::to_string(hash64(std::string(place).append("\n").append(body))) + "\n";
}

std::string_view cut(std::string_view& rest, char end) {
  const size_t at = std::min(rest.find(end), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

}  // namespace

InventoryExtents InventoryExtents::parse(std::string_view text, std::string_view place) {
  InventoryExtents extents;
  const size_t end = text.find('\n');
  if (end == text.npos) return extents;
  std::string_view rest = text.substr(end + 1);
  if (text.substr(0, end + 1) != header_of(place, rest)) return extents;
  while (!rest.empty()) {
    std::string_view line = cut(rest, '\n');
    Extent& extent = extents.by_path_[std::string(cut(line, kBetween))];
    extent.found_by = cut(line, kBetween);
    while (!line.empty()) {
      const std::string_view account = cut(line, kBetween);
      extent.where.emplace(account, cut(line, kBetween));
    }
  }
  return extents;
}

// One of which nothing is remembered would be taken for one that is not there.
std::string InventoryExtents::text(std::string_view place) const {
  std::string body;
  size_t fields = 0;
  const auto add = [&](std::string_view field) {
    body.append(field).push_back(kBetween);
    ++fields;
  };
  for (const auto& [path, extent] : by_path_) {
    add(path);
    add(extent.found_by);
    for (const auto& [account, region] : extent.where) {
      add(account);
      add(region);
    }
    body.push_back('\n');
  }
  const auto seen = static_cast<size_t>(std::ranges::count(body, kBetween));
  const auto lines = static_cast<size_t>(std::ranges::count(body, '\n'));
  const bool is_plain = seen == fields && lines == by_path_.size();
  if (body.empty() || !is_plain || body.size() > kEventBytesMax) return {};
  return header_of(place, body) + body;
}

void InventoryExtents::note_read(const DeclaredStack& stack, Where where) {
  if (stack.path.empty()) return;
  by_path_[stack.path] = {.found_by = stack.found_by, .where = std::move(where)};
}

void InventoryExtents::note_unread(const InventoryReading& reading,
                                   const InventoryExtents& before) {
  if (reading.is_whole) return;
  if (reading.unread.empty())
    return by_path_.insert(before.by_path_.begin(), before.by_path_.end());
  for (const InventoryPlace& place : reading.unread) {
    if (!place.found_by.empty()) {
      const auto known = before.by_path_.find(place.name);
      by_path_.try_emplace(place.name, known != before.by_path_.end()
                                           ? known->second
                                           : Extent{.found_by = place.found_by, .where = {}});
      continue;
    }
    for (const auto& [path, extent] : before.by_path_) {
      if (extent.found_by == place.name) by_path_.try_emplace(path, extent);
    }
  }
}

std::vector<InventoryPlace> InventoryExtents::bounds_of(
    const std::vector<InventoryPlace>& unread) const {
  std::vector<InventoryPlace> bounds;
  for (const InventoryPlace& place : unread) add_bounds(place, bounds);
  return bounds;
}

void InventoryExtents::add_bounds(const InventoryPlace& place,
                                  std::vector<InventoryPlace>& bounds) const {
  const bool tells_itself = !place.account.empty() || !place.region.empty();
  Where where;
  for (const auto& [path, extent] : by_path_) {
    const bool is_of_it =
        place.found_by.empty() ? extent.found_by == place.name : path == place.name;
    if (tells_itself || !is_of_it) continue;
    if (extent.where.empty()) return bounds.push_back(place);
    where.insert(extent.where.begin(), extent.where.end());
  }
  if (where.empty()) return bounds.push_back(place);
  for (const auto& [account, region] : where) {
    bounds.push_back({.name = place.name, .account = account, .region = region});
  }
}

}  // namespace statewire
