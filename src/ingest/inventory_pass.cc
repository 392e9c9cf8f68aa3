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
#include <charconv>
#include <set>
#include <tuple>

#include "base/limits.h"
#include "base/log.h"
#include "catalog/clean.h"
#include "catalog/recogniser.h"
#include "ingest/inventory_events.h"
#include "ingest/inventory_look.h"
#include "model/drift_rule.h"
#include "model/withheld.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

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

DeclaredGroup header_of(std::string_view packed) {
  DeclaredGroup header;
  each_group(packed, [&](const DeclaredGroup& group) {
    header = group;
    return false;
  });
  return header;
}

// As a record keeps it: what is more than it has room for is left out, the last parts first.
std::string packed_group(const DeclaredGroup& header, std::vector<DeclaredItem>& items) {
  std::ranges::sort(items, [](const DeclaredItem& a, const DeclaredItem& b) {
    return std::tie(a.is_part, a.address) < std::tie(b.is_part, b.address);
  });
  std::string group;
  append_header(header, group);
  for (size_t i = 0; i < std::min(items.size(), kDeclaredItemsMax); ++i) {
    const size_t size = group.size();
    append_item(items[i], group);
    if (group.size() > kDeclaredBytesMax) {
      group.resize(size);
      break;
    }
  }
  return group;
}

// `known`, with what `read` has otherwise and more: of what it lacks nobody knows whether it is
// declared no more.
std::string with_known(std::string_view known, std::string_view read) {
  const DeclaredGroup before = header_of(known);
  const DeclaredGroup now = header_of(read);
  if (known.empty() || !before.via.empty()) return std::string(read);
  std::vector<DeclaredItem> items;
  const auto add = [&](const DeclaredItem& item) {
    const auto same = std::ranges::find(items, item.address, &DeclaredItem::address);
    if (same == items.end()) items.push_back(item);
    return true;
  };
  each_item(now, add);
  each_item(before, add);
  return packed_group(has_whole(now) || !has_whole(before) ? now : before, items);
}

// Two states may share a name, "prod". Their resources cannot be told apart by it: what holds of
// the one that was written first holds of both.
void remember_stacks(std::string_view inventory, const InventoryReading& reading,
                     InventoryReach& reach) {
  std::set<std::string_view> seen;
  for (const DeclaredStack& stack : reading.stacks) {
    reach.tools.insert(stack.tool);
    if (stack.is_written_by_parts) continue;
    Time& written = reach.written[{std::string(inventory), stack.name}];
    const bool is_first = seen.insert(stack.name).second;
    written = is_first ? stack.written : std::min(written, stack.written);
  }
}

// When a state got the serial that it has.
struct Run {
  uint64_t serial = 0;
  Time written;  // As in DeclaredStack.
};

std::string text_of(const Run& run) {
  return std::to_string(run.serial) + " " + std::to_string(to_ns(run.written));
}

std::string cursor_key(std::string_view what, std::string_view name) {
  return std::string(kInventorySource).append("/").append(what).append("/").append(name);
}

std::optional<Run> parse_run(std::string_view text) {
  Run run;
  int64_t written = 0;
  const char* const end = text.data() + text.size();
  const auto serial = std::from_chars(text.data(), end, run.serial);
  if (serial.ec != std::errc() || serial.ptr == end) return std::nullopt;
  const auto rest = std::from_chars(serial.ptr + 1, end, written);
  if (rest.ec != std::errc() || rest.ptr != end) return std::nullopt;
  run.written = from_ns(written);
  return run;
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
  std::vector<DeclaredItem> items;  // In the arena of the reading.
  std::string group;                // Packed, as a record keeps it.

  void add(const DeclaredResource& resource, const DeclaredStack& from, Arena& texts);
  void pack_group(std::string_view inventory);
};

// Of several stacks, the one that declares the whole is named.
void InventoryPass::Declared::add(const DeclaredResource& resource, const DeclaredStack& from,
                                  Arena& texts) {
  if (items.empty() || (!resource.is_part && !has_whole)) {
    tool = from.tool;
    stack = from.name;
    if (!from.is_written_by_parts) written = from.written;
  }
  if (from.is_written_by_parts) written = std::max(written, resource.written);
  has_whole = has_whole || !resource.is_part;
  const auto clean = [&](std::string_view text) { return copy_clean(texts, text, kPlaceBytesMax); };
  items.push_back({.is_part = resource.is_part,
                   .address = clean(resource.address),
                   .file = clean(resource.file),
                   .line = resource.line == 0 ? std::string_view()
                                              : texts.copy(std::to_string(resource.line))});
}

void InventoryPass::Declared::pack_group(std::string_view inventory) {
  Arena arena;
  group = packed_group({.inventory = inventory,
                        .tool = copy_clean(arena, tool, kPlaceBytesMax),
                        .stack = copy_clean(arena, stack, kPlaceBytesMax),
                        .via = {},
                        .items = {}},
                       items);
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

struct InventoryPass::Gathering {
  Identifier identifier;
  InventoryExtents& extents;
  Arena texts;
  DeclaredById all;
};

// What can be joined goes to `gathering`, the rest is listed.
Result<void> InventoryPass::gather_stack(const DeclaredStack& stack, Gathering& gathering,
                                         InventoryCounts& counts) {
  InventoryExtents::Where where;
  const auto list = [&](UnjoinedResource unjoined) {
    ++counts.unjoined;
    if (counts.unjoined_first.size() < kUnjoinedKept) {
      counts.unjoined_first.push_back(std::move(unjoined));
    }
  };
  counts.of_other_providers += stack.of_other_providers;
  for (const UnjoinedResource& unjoined : stack.unjoined) list(unjoined);
  for (const DeclaredResource& resource : stack.resources) {
    const Identity* const identity = gathering.identifier.identify(resource);
    if (identity == nullptr) {
      list({resource.address, resource.type.empty() ? resource.id : resource.type,
            gathering.identifier.reason()});
      continue;
    }
    ++counts.declares;
    const Result<std::optional<std::string>> aliased = store_.resource_of_alias(identity->id);
    if (!aliased) return aliased.error();
    const std::string account(identity->account.empty() ? resource.account : identity->account);
    const std::string region(identity->region.empty() ? resource.region : identity->region);
    where.emplace(account, region);
    Declared& declared = gathering.all[aliased->value_or(std::string(identity->id))];
    if (declared.items.empty()) {
      declared.resource_type = identity->type;
      declared.account = account;
      declared.region = region;
    }
    declared.add(resource, stack, gathering.texts);
  }
  gathering.extents.note_read(stack, std::move(where));
  return {};
}

Result<InventoryPass::DeclaredById> InventoryPass::gather(std::string_view inventory,
                                                          const InventoryReading& reading,
                                                          const Catalog& catalog,
                                                          InventoryExtents& extents,
                                                          InventoryCounts& counts) {
  Gathering gathering{
      .identifier = Identifier(catalog, clock_.now()), .extents = extents, .texts = {}, .all = {}};
  for (const DeclaredStack& stack : reading.stacks) {
    if (Result<void> read = gather_stack(stack, gathering, counts); !read) return read.error();
  }
  for (auto& [id, declared] : gathering.all) declared.pack_group(inventory);
  counts.resources = gathering.all.size();
  return std::move(gathering.all);
}

struct InventoryPass::Word {
  std::string_view word;  // Empty: there is nothing to be said.
  Time time;
};

// What is to be said of it. `is_again`: what the first time said as of when it was written was not
// taken. What a record has no room for is not said.
InventoryPass::Word InventoryPass::word_for(const std::optional<Record>& record,
                                            const Declared& declared, bool is_again, Time now) {
  if (!record) {
    if (is_again) return {kReadWord, now};
    return {kDeclaredWord, time_to_declare(declared.written, now)};
  }
  const bool is_drifted = standing_drift(*record) == Drift::out_of_band;
  const std::optional<Time> time = time_to_declare(*record, declared.written, now);
  const std::string_view known = group_of(record->declared, header_of(declared.group).inventory);
  if (known != declared.group) {
    Arena arena;
    if (with_group(record->declared, declared.group, arena) == record->declared) return {};
    const bool is_only_moved =
        !known.empty() && addresses_in(known) == addresses_in(declared.group);
    if (is_again || is_only_moved || (is_drifted && !time)) return {kReadWord, now};
    return {kDeclaredWord, time_to_declare(declared.written, now)};
  }
  // Its tool has run since.
  const bool is_over =
      is_drifted && record->drift_since < declared.written && !is_being_ended_by_another(*record);
  return is_over && time && !is_again ? Word{kDeclaredWord, *time} : Word{};
}

Result<uint64_t> InventoryPass::send_differences(std::string_view inventory, DeclaredById& all,
                                                 const InventoryReading& reading, bool is_again,
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
      auto& [id, declared] = *each++;
      const std::string_view known = record ? group_of(record->declared, inventory) : "";
      if (!reading.is_whole) declared.group = with_known(known, declared.group);
      const bool is_same_but_places =
          !reading.has_places && addresses_in(known) == addresses_in(declared.group);
      if (is_same_but_places) declared.group = known;
      const Word said = word_for(record, declared, is_again, now);
      if (said.word.empty()) continue;
      ++events;
      append_inventory_event({.word = said.word,
                              .time = said.time,
                              .resource_type = declared.resource_type,
                              .id = {},
                              .resource_id = id,
                              .account = declared.account,
                              .region = declared.region,
                              .group = declared.group},
                             lines);
    }
    if (Result<void> sent = send(inventory, std::move(lines), stop); !sent) {
      return sent.error();
    }
  }
  return events;
}

// What only a child has by way of its parent is looked after by look_at_records().
Result<void> InventoryPass::send_dropped(std::string_view inventory, const DeclaredById& all,
                                         std::string_view word, const std::stop_token& stop,
                                         uint64_t& events) {
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
    append_inventory_event({.word = word,
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

Result<uint64_t> InventoryPass::drop_others(std::span<const std::string_view> names,
                                            const std::stop_token& stop) {
  const Result<std::string> seen = store_.cursor(kInventorySource);
  if (!seen) return seen.error();
  if (seen->empty()) return 0;
  uint64_t events = 0;
  std::string lines;
  const Time now = clock_.now();
  const Result<void> read = store_.each_record({}, [&](const Record& record) {
    const auto drop = [&](std::string_view header) {
      ++events;
      append_inventory_event({.word = kWithdrawnWord,
                              .time = now,
                              .resource_type = record.resource.type,
                              .id = {},
                              .resource_id = record.resource.id,
                              .account = record.resource.account,
                              .region = record.resource.region,
                              .group = header},
                             lines);
    };
    each_group(record.declared, [&](const DeclaredGroup& group) {
      if (std::ranges::find(names, group.inventory) != names.end()) return true;
      std::string header;
      append_header(group, header);
      drop(header);
      return true;
    });
    if (names.empty() && record.drift == Drift::unmanaged) drop(kNobodysGroup);
    return !stop.stop_requested();
  });
  if (!read) return read.error();
  if (Result<void> sent = send(kInventorySource, std::move(lines), stop); !sent) {
    return sent.error();
  }
  if (names.empty()) {
    const Result<void> noted =
        send_cursor(kInventorySource, {std::string(kInventorySource), ""}, stop);
    if (!noted) return noted.error();
  }
  return events;
}

// Where none ever was, nobody needs to look for what one has left.
Result<void> InventoryPass::note_that_one_was_read(const std::stop_token& stop) {
  const Result<std::string> seen = store_.cursor(kInventorySource);
  if (!seen) return seen.error();
  if (!seen->empty()) return {};
  return send_cursor(kInventorySource, {std::string(kInventorySource), "read"}, stop);
}

// A file has a new time when it is copied, touched or restored, too, and that time may lie ahead.
// The tool has run where the state's serial has grown: since when each has the serial that it has
// is remembered, by where it was read: copies of a state have one lineage. The name of the
// inventory is no part of that.
Result<std::vector<CursorUpdate>> InventoryPass::find_runs(
    std::string_view place, std::vector<DeclaredStack>& stacks) const {
  std::map<std::string, Run> runs;
  const Time now = clock_.now();
  for (DeclaredStack& stack : stacks) {
    stack.written = std::min(stack.written, now);
    for (DeclaredResource& resource : stack.resources) {
      resource.written = std::min(resource.written, now);
    }
    if (stack.lineage.empty()) continue;
    const std::string key = cursor_key("run", std::string(place) + "/" + stack.lineage);
    const Result<std::string> stored = store_.cursor(key);
    if (!stored) return stored.error();
    const std::optional<Run> known = parse_run(*stored);
    if (known && known->serial >= stack.serial) {
      stack.written =
          stack.written == Time() ? known->written : std::min(stack.written, known->written);
    } else if (Run& run = runs[key]; run.serial <= stack.serial) {
      run = {stack.serial, stack.written};
    }
  }
  std::vector<CursorUpdate> updates;
  for (const auto& [key, run] : runs) updates.push_back({key, text_of(run)});
  return updates;
}

// Where another place is read than the last time, nobody knows whether what is missing here is
// still declared there.
Result<void> InventoryPass::end_whole_reading(std::string_view inventory,
                                              const InventoryReading& reading,
                                              const DeclaredById& all, const std::stop_token& stop,
                                              uint64_t& events) {
  const std::string key = cursor_key("place", inventory);
  const Result<std::string> before = store_.cursor(key);
  if (!before) return before.error();
  const bool is_elsewhere = !before->empty() && *before != reading.place;
  const std::string_view word = is_elsewhere ? kWithdrawnWord : kDroppedWord;
  if (Result<void> sent = send_dropped(inventory, all, word, stop, events); !sent) return sent;
  if (*before == reading.place) return {};
  return send_cursor(inventory, {key, reading.place}, stop);
}

// By what was read now, or before.
Result<void> InventoryPass::remember_extents(std::string_view inventory, InventoryReading& reading,
                                             InventoryExtents& extents,
                                             const std::stop_token& stop) {
  const std::string key = cursor_key("extents", inventory);
  const Result<std::string> before = store_.cursor(key);
  if (!before) return before.error();
  extents.note_unread(reading, InventoryExtents::parse(*before, reading.place));
  reading.unread = extents.bounds_of(reading.unread);
  std::string text = extents.text(reading.place);
  if (text == *before) return {};
  return send_cursor(inventory, {key, std::move(text)}, stop);
}

Result<InventoryCounts> InventoryPass::declare(std::string_view inventory,
                                               InventoryReading& reading, const Catalog& catalog,
                                               InventoryReach& reach, const std::stop_token& stop) {
  InventoryCounts counts;
  const Time now = clock_.now();
  if (Result<void> noted = note_that_one_was_read(stop); !noted) return noted.error();
  Result<std::vector<CursorUpdate>> runs = find_runs(reading.place, reading.stacks);
  if (!runs) return runs.error();
  InventoryExtents extents;
  Result<DeclaredById> all = gather(inventory, reading, catalog, extents, counts);
  if (!all) return all.error();
  remember_stacks(inventory, reading, reach);
  for (const auto& [id, declared] : *all) {
    if (!declared.has_whole) continue;
    reach.accounts.insert(declared.account);
    reach.types.insert(declared.resource_type);
  }
  for (const bool is_again : {false, true}) {
    const Result<uint64_t> sent = send_differences(inventory, *all, reading, is_again, stop);
    if (!sent) return sent.error();
    counts.events += *sent;
  }
  // After what follows from them: whoever stops in between finds the same runs again.
  for (CursorUpdate& run : *runs) {
    if (Result<void> sent = send_cursor(inventory, std::move(run), stop); !sent) {
      return sent.error();
    }
  }
  if (Result<void> kept = remember_extents(inventory, reading, extents, stop); !kept) {
    return kept.error();
  }
  const Time asked = reading.asked == Time() ? now : reading.asked;
  if (!reading.is_whole) {
    reach.note_reading(inventory, asked, false);
    return counts;
  }
  if (Result<void> ended = end_whole_reading(inventory, reading, *all, stop, counts.events);
      !ended) {
    return ended.error();
  }
  reach.note_reading(inventory, asked, true);
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
    if (Result<void> sent = send_chunk(std::move(chunk), stop); !sent) return sent;
  }
  return {};
}

Result<void> InventoryPass::send_cursor(std::string_view source, CursorUpdate cursor,
                                        const std::stop_token& stop) {
  Chunk chunk{.source = std::string(source), .is_own = true, .cursor = std::move(cursor)};
  chunk.text.reserve(kPaddingBytes);
  return send_chunk(std::move(chunk), stop);
}

Result<void> InventoryPass::send_chunk(Chunk chunk, const std::stop_token& stop) {
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
  return *outcome_;
}

void InventoryPass::on_done(const Result<ChunkFates>& fates) {
  Lock lock(mutex_);
  outcome_ = fates ? Result<void>() : Result<void>(fates.error());
  changed_.notify_all();
}

}  // namespace statewire
