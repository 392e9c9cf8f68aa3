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
#include "ingest/inventory_look.h"

namespace statewire {
namespace {

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

// Learns by which id the records know what an instance is about.
class InventoryPass::Identifier {
 public:
  Identifier(const Catalog& catalog, Time now) : recogniser_(catalog), now_(now) {}

  // Null where it cannot be told; reason() says why then. Valid until the next call.
  const Identity* identify(const DeclaredResource& resource) {
    line_.clear();
    seen_.clear();
    arena_.clear();
    append_inventory_event({.word = kReadWord,
                            .time = now_,
                            .resource_type = resource.type,
                            .id = resource.id,
                            .resource_id = {},
                            .account = resource.account,
                            .region = resource.region,
                            .group = kAnyGroup},
                           line_);
    simdjson::dom::element event;
    if (parser_.parse(line_).get(event)) return nullptr;
    const Recognition recognition = recogniser_.recognise(event, line_, now_, arena_, seen_);
    if (recognition.fate == Fate::recognised && !seen_.empty()) return &seen_.front().resource;
    reason_ = resource.account.empty()  ? "no account is told: `account` can name it"
              : resource.region.empty() ? "no region is told: `region` can name it"
                                        : std::string(recognition.reason);
    return nullptr;
  }
  const std::string& reason() const { return reason_; }

 private:
  static constexpr std::string_view kAnyGroup = "-\x1f-\x1f\x1f\x1ew\x1f-\x1f\x1f";

  Recogniser recogniser_;
  const Time now_;
  simdjson::dom::parser parser_;
  Arena arena_;
  std::vector<Observation> seen_;
  std::string line_;
  std::string reason_;
};

// What can be joined goes to `all`, the rest is listed.
Result<void> InventoryPass::gather_stack(const DeclaredStack& stack, Identifier& identifier,
                                         DeclaredById& all, InventoryCounts& counts) {
  const auto list = [&](UnjoinedResource unjoined) {
    ++counts.unjoined;
    if (counts.unjoined_first.size() < kUnjoinedKept) {
      counts.unjoined_first.push_back(std::move(unjoined));
    }
  };
  counts.of_other_providers += stack.of_other_providers;
  for (const UnjoinedResource& unjoined : stack.unjoined) list(unjoined);
  for (const DeclaredResource& resource : stack.resources) {
    const Identity* const identity = identifier.identify(resource);
    if (identity == nullptr) {
      list({resource.address, resource.type.empty() ? resource.id : resource.type,
            identifier.reason()});
      continue;
    }
    ++counts.declares;
    const Result<std::optional<std::string>> aliased = store_.resource_of_alias(identity->id);
    if (!aliased) return aliased.error();
    Declared& declared = all[aliased->value_or(std::string(identity->id))];
    if (declared.items.empty()) {
      declared.resource_type = identity->type;
      declared.account = identity->account.empty() ? resource.account : identity->account;
      declared.region = identity->region.empty() ? resource.region : identity->region;
    }
    declared.add(resource, stack);
  }
  return {};
}

Result<InventoryPass::DeclaredById> InventoryPass::gather(std::string_view inventory,
                                                          const InventoryReading& reading,
                                                          const Catalog& catalog,
                                                          InventoryCounts& counts) {
  DeclaredById all;
  Identifier identifier(catalog, clock_.now());
  for (const DeclaredStack& stack : reading.stacks) {
    if (Result<void> read = gather_stack(stack, identifier, all, counts); !read)
      return read.error();
  }
  for (auto& [id, declared] : all) declared.pack_group(inventory);
  counts.resources = all.size();
  return all;
}

// What is to be said of it; empty: nothing. `is_again`: what the first time said as of when it was
// written was not taken.
std::string_view InventoryPass::word_for(const std::optional<Record>& record,
                                         std::string_view inventory, const Declared& declared,
                                         bool is_again) {
  const std::string_view known = record ? group_of(record->declared, inventory) : "";
  if (known != declared.group) {
    const bool is_only_moved =
        !known.empty() && addresses_in(known) == addresses_in(declared.group);
    return is_again || is_only_moved ? kReadWord : kDeclaredWord;
  }
  // Its tool has run since.
  const bool is_over =
      record->drift == Drift::out_of_band && record->drift_since < declared.written;
  return is_over && !is_again ? kDeclaredWord : std::string_view();
}

Result<uint64_t> InventoryPass::send_differences(std::string_view inventory,
                                                 const DeclaredById& all, bool is_again,
                                                 const std::stop_token& stop) {
  uint64_t events = 0;
  std::vector<std::string_view> ids;
  std::vector<std::optional<Record>> records;
  Arena arena;
  const Time now = clock_.now();
  for (auto next = all.begin(); next != all.end();) {
    ids.clear();
    arena.clear();
    auto each = next;
    for (; next != all.end() && ids.size() < kInventoryEventsAtATime; ++next) {
      ids.push_back(next->first);
    }
    if (Result<void> read = store_.records(ids, arena, records); !read) return read.error();
    std::string lines;
    for (const std::optional<Record>& record : records) {
      const auto& [id, declared] = *each++;
      const std::string_view word = word_for(record, inventory, declared, is_again);
      if (word.empty()) continue;
      ++events;
      const Time written = std::max(declared.written, now - kWrittenBack);
      append_inventory_event({.word = word,
                              .time = word == kDeclaredWord ? written : now,
                              .resource_type = declared.resource_type,
                              .id = {},
                              .resource_id = id,
                              .account = declared.account,
                              .region = declared.region,
                              .group = declared.group},
                             lines);
    }
    if (Result<void> sent = send(inventory, std::move(lines), stop); !sent) return sent.error();
  }
  return events;
}

// What only a child has by way of its parent is looked after by look_at_records().
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
  for (const DeclaredStack& stack : reading.stacks) {
    reach.written[{std::string(inventory), stack.name}] =
        std::max(stack.written, clock_.now() - kWrittenBack);
  }
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

Result<uint64_t> InventoryPass::look_at_records(const InventoryReach& reach, Duration grace,
                                                const std::stop_token& stop) {
  InventoryLook look(reach, grace, clock_.now());
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
    Chunk chunk{.source = std::string(source), .is_own = true};
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
