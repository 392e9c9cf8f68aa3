// Every instance is made into an event and recognised here, to learn by which id the records know
// what it is about: there is one place that makes ids, the catalog. What belongs to one resource is
// one group, with the whole first. A group that the record does not hold yet is sent.
//
// What the tool wrote holds from the time when it wrote it: changes since then are judged by it,
// however late they or it arrive. Where the record did not take that (it is older than what a
// record is folded again from, or than what it replaces), it is sent once more as of now.
#include "ingest/inventory_pass.h"

#include <simdjson.h>

#include <algorithm>

#include "base/limits.h"
#include "base/log.h"
#include "catalog/recogniser.h"
#include "ingest/inventory_events.h"
#include "ingest/undeclared.h"

namespace statewire {
namespace {

// Something that is gone is declared all the same: its tool would have said otherwise by then, and
// the call that ended it would be here.
constexpr Duration kLostAfter = std::chrono::minutes(30);
// A state written before that is taken as of then: what is older is beyond every record's horizon.
constexpr Duration kWrittenBack = std::chrono::hours(24 * 29);

struct DeclaredItemText {
  std::string address;
  std::string file;
  uint32_t line = 0;
  bool is_part = false;
};

// Without files and lines, which move as code is edited.
std::string addresses_in(std::string_view packed) {
  std::string out;
  each_group(packed, [&](const DeclaredGroup& group) {
    append_header(group, out);
    each_item(group, [&](const DeclaredItem& item) {
      append_item({.is_part = item.is_part, .address = item.address, .file = {}, .line = {}}, out);
      return true;
    });
    return true;
  });
  return out;
}

}  // namespace

struct InventoryPass::Declared {
  std::string resource_type;
  std::string account;
  std::string region;
  std::string tool;
  std::string stack;
  Time written;
  bool has_whole = false;
  std::vector<DeclaredItemText> items;
  std::string group;  // Packed, as a record keeps it.

  void add(const DeclaredResource& resource, const DeclaredStack& from);
  void pack_group(std::string_view inventory);
};

// Of several stacks, the one that declares the whole is named.
void InventoryPass::Declared::add(const DeclaredResource& resource, const DeclaredStack& from) {
  if (items.empty() || (!resource.is_part && !has_whole)) {
    tool = from.tool;
    stack = from.name;
    written = from.written;
  }
  has_whole = has_whole || !resource.is_part;
  items.push_back({resource.address, resource.file, resource.line, resource.is_part});
}

void InventoryPass::Declared::pack_group(std::string_view inventory) {
  std::ranges::sort(items, [](const DeclaredItemText& a, const DeclaredItemText& b) {
    return std::tie(a.is_part, a.address) < std::tie(b.is_part, b.address);
  });
  if (items.size() > kDeclaredItemsMax) items.resize(kDeclaredItemsMax);
  append_header({.inventory = inventory, .tool = tool, .stack = stack, .via = {}, .items = {}},
                group);
  for (const DeclaredItemText& item : items) {
    append_item({.is_part = item.is_part,
                 .address = item.address,
                 .file = item.file,
                 .line = item.line == 0 ? std::string() : std::to_string(item.line)},
                group);
  }
  items = {};
}

InventoryPass::InventoryPass(const Store& store, Intake& intake, const Clock& clock)
    : store_(store), intake_(intake), clock_(clock) {}

Result<InventoryPass::DeclaredById> InventoryPass::gather(std::string_view inventory,
                                                          const InventoryReading& reading,
                                                          const Catalog& catalog,
                                                          InventoryCounts& counts) {
  DeclaredById all;
  Recogniser recogniser(catalog);
  simdjson::dom::parser parser;
  Arena arena;
  std::vector<Observation> seen;
  std::string line, packed;
  const Time now = clock_.now();
  const auto list = [&](UnjoinedResource unjoined) {
    ++counts.unjoined;
    if (counts.unjoined_first.size() < kUnjoinedKept) {
      counts.unjoined_first.push_back(std::move(unjoined));
    }
  };
  for (const DeclaredStack& stack : reading.stacks) {
    counts.of_other_providers += stack.of_other_providers;
    for (const UnjoinedResource& unjoined : stack.unjoined) list(unjoined);
    for (const DeclaredResource& resource : stack.resources) {
      line.clear();
      packed.clear();
      append_header(
          {.inventory = inventory, .tool = stack.tool, .stack = {}, .via = {}, .items = {}},
          packed);
      append_item({.is_part = false, .address = resource.address, .file = {}, .line = {}}, packed);
      append_inventory_event({.word = kReadWord,
                              .time = now,
                              .resource_type = resource.type,
                              .id = resource.id,
                              .account = resource.account,
                              .region = resource.region,
                              .group = packed},
                             line);
      seen.clear();
      arena.clear();
      simdjson::dom::element event;
      if (parser.parse(line).get(event)) continue;
      const Recognition recognition = recogniser.recognise(event, line, now, arena, seen);
      if (recognition.fate != Fate::recognised || seen.empty()) {
        list({resource.address, resource.type.empty() ? resource.id : resource.type,
              std::string(recognition.reason)});
        continue;
      }
      ++counts.declares;
      const Identity& identity = seen.front().resource;
      std::string id(identity.id);
      const Result<std::optional<std::string>> aliased = store_.resource_of_alias(id);
      if (!aliased) return aliased.error();
      if (*aliased) id = **aliased;
      Declared& declared = all[id];
      if (declared.items.empty()) {
        declared.resource_type = identity.type;
        declared.account = identity.account.empty() ? resource.account : identity.account;
        declared.region = identity.region.empty() ? resource.region : identity.region;
      }
      declared.add(resource, stack);
    }
  }
  for (auto& [id, declared] : all) declared.pack_group(inventory);
  counts.resources = all.size();
  return all;
}

// `is_again`: what the first time said as of when it was written was not taken.
Result<uint64_t> InventoryPass::send_differences(std::string_view inventory,
                                                 const DeclaredById& all, bool is_again,
                                                 const std::stop_token& stop) {
  uint64_t events = 0;
  std::string lines;
  std::vector<std::string_view> ids;
  std::vector<std::optional<Record>> records;
  Arena arena;
  const Time now = clock_.now();
  for (auto next = all.begin(); next != all.end();) {
    ids.clear();
    arena.clear();
    const auto first = next;
    for (; next != all.end() && ids.size() < kInventoryEventsAtATime; ++next) {
      ids.push_back(next->first);
    }
    if (Result<void> read = store_.records(ids, arena, records); !read) return read.error();
    size_t index = 0;
    for (auto each = first; each != next; ++each) {
      const std::optional<Record>& record = records[index++];
      const Declared& declared = each->second;
      const std::string_view known =
          record ? group_of(record->declared, inventory) : std::string_view();
      std::string_view word;
      if (known != declared.group) {
        const bool is_only_moved =
            !known.empty() && addresses_in(known) == addresses_in(declared.group);
        word = is_again || is_only_moved ? kReadWord : kDeclaredWord;
      } else if (is_again) {
        continue;
      } else if (record->phase == Phase::gone) {
        const bool is_told = record->drift == Drift::lost;
        const bool is_time = now - std::max(record->since, record->recorded) > kLostAfter;
        if (!is_told && is_time) word = kLostWord;
      } else if (record->drift == Drift::out_of_band && record->drift_since < declared.written) {
        word = kDeclaredWord;  // Its tool has run since.
      }
      if (word.empty()) continue;
      ++events;
      const bool is_of_run = word == kDeclaredWord;
      append_inventory_event(
          {.word = word,
           .time = is_of_run ? std::max(declared.written, now - kWrittenBack) : now,
           .resource_type = declared.resource_type,
           .id = {},
           .resource_id = each->first,
           .account = declared.account,
           .region = declared.region,
           .group = declared.group},
          lines);
    }
    if (Result<void> sent = send(inventory, std::move(lines), stop); !sent) return sent.error();
    lines = {};
  }
  return events;
}

// What only a child has by way of its parent is looked after by look_for_undeclared().
Result<void> InventoryPass::send_dropped(std::string_view inventory, const DeclaredById& all,
                                         const std::stop_token& stop, uint64_t& events) {
  std::string lines;
  const Time now = clock_.now();
  std::string packed;
  const Result<void> read = store_.each_record({}, [&](const Record& record) {
    if (record.declared.empty()) return !stop.stop_requested();
    const std::string_view known = group_of(record.declared, inventory);
    if (known.empty() || all.contains(record.resource.id)) return true;
    packed.clear();
    bool is_child = false;
    each_group(known, [&](const DeclaredGroup& group) {
      is_child = !group.via.empty();
      append_header(group, packed);
      return false;
    });
    if (is_child) return true;
    ++events;
    append_inventory_event({.word = kDroppedWord,
                            .time = now,
                            .resource_type = record.resource.type,
                            .id = {},
                            .resource_id = record.resource.id,
                            .account = record.resource.account,
                            .region = record.resource.region,
                            .group = packed},
                           lines);
    return true;
  });
  return read ? send(inventory, std::move(lines), stop) : read;
}

Result<InventoryCounts> InventoryPass::declare(std::string_view inventory,
                                               const InventoryReading& reading,
                                               const Catalog& catalog, InventoryReach& reach,
                                               const std::stop_token& stop) {
  InventoryCounts counts;
  const Result<DeclaredById> all = gather(inventory, reading, catalog, counts);
  if (!all) return all.error();
  for (const auto& [id, declared] : *all) {
    if (!declared.has_whole) continue;
    reach.accounts.insert(declared.account);
    reach.types.insert(declared.resource_type);
  }
  for (const bool is_again : {false, true}) {
    const Result<uint64_t> sent = send_differences(inventory, *all, is_again, stop);
    if (!sent) return sent.error();
    counts.events += *sent;
  }
  if (!reading.is_whole) return counts;
  if (Result<void> sent = send_dropped(inventory, *all, stop, counts.events); !sent) {
    return sent.error();
  }
  return counts;
}

Result<uint64_t> InventoryPass::look_for_undeclared(const InventoryReach& reach, Duration grace,
                                                    const std::stop_token& stop) {
  UndeclaredLook look(reach, grace, clock_.now());
  Result<void> read = store_.each_record({}, [&](const Record& record) {
    look.see(record);
    return !stop.stop_requested();
  });
  if (!read) return read.error();
  if (read = look.find_parents(store_); !read) return read.error();
  const uint64_t events = look.events();
  if (read = send(kInventorySource, look.take_lines(), stop); !read) return read.error();
  return events;
}

// In chunks; returns when all of them are committed.
Result<void> InventoryPass::send(std::string_view source, std::string lines,
                                 const std::stop_token& stop) {
  std::string_view rest = lines;
  while (!rest.empty()) {
    size_t end = 0;
    for (size_t count = 0; end < rest.size() && count < kInventoryEventsAtATime; ++count) {
      end = std::min(rest.find('\n', end), rest.size() - 1) + 1;
    }
    Chunk chunk{.source = std::string(source)};
    chunk.text.reserve(end + kPaddingBytes);
    chunk.text.assign(rest.substr(0, end));
    rest.remove_prefix(end);
    {
      Lock lock(mutex_);
      outcome_.reset();
    }
    chunk.done = [this](const Result<ChunkFates>& fates) { on_done(fates); };
    while (true) {
      if (stop.stop_requested()) return unavailable("stopping");
      if (intake_.submit(std::move(chunk))) break;
      intake_.wait_for_room(stop);
    }
    Lock lock(mutex_);
    changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return outcome_.has_value(); });
    if (!*outcome_) return *outcome_;
  }
  return {};
}

void InventoryPass::on_done(const Result<ChunkFates>& fates) {
  Lock lock(mutex_);
  outcome_ = fates ? Result<void>() : Result<void>(fates.error());
  changed_.notify_all();
}

}  // namespace statewire
