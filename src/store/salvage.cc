// The damaged store is opened to be read, with the whole records of its log. Where that fails, or
// lacks a part of the journal, it is opened by the tables that are there instead, if it has more
// so; where that fails with the log, without it. Then all rows are copied, family by family, those
// that are not what was written left out; of a stretch that the first cannot read, the second may
// have something. Last, the journal gets an end: a block without entries after the last sequence
// that was acknowledged, so that no sequence is given twice.
#include "store/salvage.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/limits.h"
#include "base/text.h"
#include "store/block.h"
#include "store/delivery_codec.h"
#include "store/engine.h"
#include "store/keys.h"
#include "store/place.h"
#include "store/rows.h"
#include "store/store_state.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

class Salvage {
 public:
  Salvage(StoreOptions from, StoreOptions to) : from_(std::move(from)), to_(std::move(to)) {}

  Result<SalvageReport> run() {
    StorePlace place;
    if (Result<void> held = place.hold(from_.path); !held) return held.error();
    const auto lock = lock_rocksdb(from_);
    if (!lock) return lock.error();
    if (Result<void> marks = check_marks(from_.path); !marks) fault(marks.error().text);
    if (const auto mark = read_mark<Acknowledged>(from_.path); mark && *mark)
      acknowledged_ = **mark;
    if (Result<void> opened = open(); !opened) return opened.error();
    for (size_t i = 0; i < kFamilyNames.size(); ++i) {
      if (Result<void> copied = copy(static_cast<Family>(i)); !copied) return copied.error();
    }
    if (Result<void> ended = end_journal(); !ended) return ended.error();
    if (Result<void> fitted = fit_states(); !fitted) return fitted.error();
    if (Result<void> written = write(Sync::yes); !written) return written.error();
    return std::move(report_);
  }

 private:
  // Of the damaged store, whatever was linked to it to read it.
  void fault(std::string text) {
    for (const TableList list : {TableList::as_written, TableList::by_tables}) {
      text = replaced(std::move(text), beside(list), from_.path);
    }
    if (std::ranges::find(report_.faults, text) != report_.faults.end()) return;
    if (report_.faults.size() < kSalvageFaultsMax) report_.faults.push_back(std::move(text));
  }

  Result<void> open() {
    auto listed = open_what_is(TableList::as_written);
    if (!listed && listed.error().kind != ErrorKind::damaged) return listed.error();
    if (!listed) fault(listed.error().text);
    if (listed) source_ = *std::move(listed);
    const Held listed_rows = source_ != nullptr ? journal_of(*source_) : Held{};
    const Result<void> list = check_list_of_tables(from_.path);
    if (!list) fault(list.error().text);
    if (!listed_rows.is_whole || !list) {
      // Deletions may be lost in it: it is the second choice.
      Engine* const second = by_tables();
      if (second == nullptr && source_ == nullptr) return second_error_;
      const uint64_t has = second != nullptr ? journal_of(*second).bytes : 0;
      const bool has_more = has > listed_rows.bytes || (!list && has == listed_rows.bytes);
      if (second != nullptr && (source_ == nullptr || has_more)) source_ = std::move(second_);
    }
    auto made = open_rocksdb_engine(to_);
    if (!made) return made.error();
    target_ = *std::move(made);
    return {};
  }

  Result<std::unique_ptr<Engine>> open_what_is(TableList list) {
    StoreOptions to_read = from_;
    to_read.read_only = true;
    std::vector<std::string> faults;
    auto opened = statewire::open_what_is(to_read, beside(list), list, faults);
    for (std::string& text : faults) fault(std::move(text));
    return opened;
  }

  std::string beside(TableList list) const {
    return to_.path + (list == TableList::as_written ? ".listed" : ".found");
  }

  // Null where it cannot be opened, or is what is read anyhow.
  Engine* by_tables() {
    if (!is_second_tried_) {
      is_second_tried_ = true;
      auto opened = open_what_is(TableList::by_tables);
      if (opened) {
        second_ = *std::move(opened);
      } else {
        second_error_ = opened.error();
      }
    }
    return second_.get();
  }

  struct Held {
    uint64_t bytes = 0;     // Of the journal's blocks that can be read.
    bool is_whole = false;  // Nothing is missing between them, nor at the end.
  };
  Held journal_of(const Engine& engine) const {
    Held held{.is_whole = true};
    uint64_t next = 0;
    const auto visit = [&](std::string_view key, std::string_view value) {
      const auto place = keys::parse_journal(key);
      if (!place || (held.bytes > 0 && place->bytes_before != next)) held.is_whole = false;
      if (place) next = place->bytes_before + key.size() + value.size();
      held.bytes += key.size() + value.size();
      return true;
    };
    const auto on_fault = [&](std::string_view, std::string_view, const Error&) {
      held.is_whole = false;
      return true;
    };
    const Result<void> read = each_readable_row(engine, Family::journal, "", visit, on_fault);
    held.is_whole = held.is_whole && read.ok() && next >= acknowledged_.journal_bytes;
    return held;
  }

  Result<void> copy(Family family) {
    SalvageReport::Rows rows{.family = kFamilyNames[static_cast<size_t>(family)]};
    Result<void> written;
    const auto visit = [&](std::string_view key, std::string_view value) {
      const std::string wrong = fault_of_row(family, key, value);
      if (!wrong.empty()) {
        ++rows.damaged;
        fault(name_of_row(family, key) + wrong);
        return true;
      }
      ++rows.kept;
      note(family, key, value);
      batch_.put(family, key, value);
      bytes_ += key.size() + value.size();
      if (bytes_ >= kSalvagedBytesAtATime) written = write(Sync::no);
      return written.ok();
    };
    const auto on_fault = [&](std::string_view last, std::string_view next, const Error& error) {
      ++rows.faults;
      fault("after " + name_of_row(family, last) + error.text);
      Engine* const second = by_tables();
      if (second == nullptr) return true;
      const auto visit_between = [&](std::string_view key, std::string_view value) {
        if (key == last) return true;
        return (next.empty() || key < next) && visit(key, value);
      };
      const auto pass_over = [](std::string_view, std::string_view, const Error&) { return true; };
      if (Result<void> read =
              each_readable_row(*second, family, std::string(last), visit_between, pass_over);
          !read) {
        written = read;
      }
      return written.ok();
    };
    const Result<void> read = each_readable_row(*source_, family, "", visit, on_fault);
    if (read && (rows.kept > 0 || rows.damaged > 0 || rows.faults > 0)) {
      report_.families.push_back(rows);
    }
    return read ? written : read;
  }

  Result<void> write(Sync sync) {
    // The library may abort where it finds no room.
    if (const auto free = free_bytes_at(to_.path); free && *free < kSalvageFreeBytesMin) {
      return failed(to_.path + ": the disk is full: " + with_thousands(*free) +
                    " bytes are free. A salvage needs as much room as the store that it reads");
    }
    Result<void> written = target_->write(batch_, sync);
    batch_.clear();
    bytes_ = 0;
    return written;
  }

  // What the end needs to know of a row that is kept.
  void note(Family family, std::string_view key, std::string_view value) {
    if (family == Family::meta) return note_meta(key, value);
    if (family == Family::journal) return note_block(key, value);
    if (family == Family::cursors && key.starts_with(keys::subscription_prefix())) {
      states_[std::string(keys::subscription_of(key))].state = *decode_state(value);
    }
    const bool is_delivery = family == Family::deliveries;
    if (!is_delivery && family != Family::parked) return;
    const auto parts = keys::parse_delivery(key);
    const DeliveryRow row = is_delivery ? *decode_delivery(value) : decode_parked(value)->delivery;
    Rows& rows = states_[std::string(parts->subscription)];
    rows.count += is_delivery;
    rows.next_number = std::max(rows.next_number, parts->number + 1);
    rows.last_sequence = std::max(rows.last_sequence, row.last_sequence);
  }

  void note_meta(std::string_view key, std::string_view value) {
    if (key == kFirstSequenceKey) next_ = report_.first_sequence = *parse_meta_value(value);
    if (const auto first = parse_lost(key)) {
      report_.lost.push_back({*first, *parse_meta_value(value)});
    }
  }

  void note_block(std::string_view key, std::string_view value) {
    const Result<BlockReader> block = BlockReader::open(value);
    last_place_ = *keys::parse_journal(key);
    last_bytes_ = key.size() + value.size();
    lose_until(block->first_sequence());
    next_ = std::max(next_, block->first_sequence() + block->size());
  }

  // Known to be lost already, or not.
  void lose_until(uint64_t next) {
    const LostRange range{next_, next - 1};
    const bool is_known = std::ranges::find(report_.lost, range) != report_.lost.end();
    if (next > next_ && !is_known) report_.lost.push_back(range);
    next_ = std::max(next_, next);
  }

  Result<void> end_journal() {
    uint64_t end = std::max(next_ - 1, acknowledged_.last_sequence);
    for (const auto& [name, rows] : states_) {
      end = std::max({end, rows.state.cursor, rows.last_sequence});
    }
    if (end >= next_) {
      BlockWriter writer;
      writer.begin(end + 1, SystemClock().now());
      const keys::JournalPlace place{
          .first_sequence = end + 1,
          .ordinal = 0,
          .bytes_before =
              std::max(last_place_.bytes_before + last_bytes_, acknowledged_.journal_bytes),
          .age_clock = last_place_.age_clock};
      batch_.put(Family::journal, keys::journal(place), writer.finish({}));
      lose_until(end + 1);
    }
    report_.last_sequence = end;
    std::ranges::sort(report_.lost, {}, &LostRange::first);
    for (const LostRange& range : report_.lost) {
      batch_.put(Family::meta, lost_key(range.first), meta_value(range.last));
    }
    batch_.put(Family::meta, kFormatKey, meta_value(kStoreFormat));
    return {};
  }

  // A subscription whose place is lost, but which had deliveries, reads the journal again.
  Result<void> fit_states() {
    ByteWriter value;
    for (auto& [name, rows] : states_) {
      SubscriptionState state = rows.state;
      if (state.next_number < rows.next_number) ++report_.deliveries_renumbered;
      state.next_number = std::max(state.next_number, rows.next_number);
      state.cursor = std::max(state.cursor, rows.last_sequence);
      if (state.rows > rows.count) park_lost(name, state.rows - rows.count, state);
      state.rows = rows.count;
      value.clear();
      encode_state(state, value);
      batch_.put(Family::cursors, keys::subscription_cursor(name), value.view());
    }
    return {};
  }

  // Which they were nobody knows; the journal may still have what they told.
  void park_lost(const std::string& subscription, uint64_t count, SubscriptionState& state) {
    report_.deliveries_lost += count;
    ParkedRow parked{
        .parked = SystemClock().now(),
        .reason = counted(count, "row") + " of waiting deliveries lost with what was damaged",
        .is_gap = true};
    parked.delivery.subscription = subscription;
    parked.delivery.number = state.next_number++;
    parked.delivery.first_sequence = report_.first_sequence;
    parked.delivery.last_sequence = state.cursor;
    parked.delivery.members = count;
    ByteWriter value;
    encode_parked(parked, value);
    batch_.put(Family::parked, keys::delivery(subscription, parked.delivery.number), value.view());
  }

  struct Rows {
    SubscriptionState state;
    uint64_t count = 0;
    uint64_t next_number = 1;
    uint64_t last_sequence = 0;
  };

  const StoreOptions from_;
  const StoreOptions to_;
  std::unique_ptr<Engine> source_;
  std::unique_ptr<Engine> second_;
  Error second_error_;
  bool is_second_tried_ = false;
  std::unique_ptr<Engine> target_;
  Acknowledged acknowledged_;
  EngineBatch batch_;
  size_t bytes_ = 0;
  uint64_t next_ = 1;  // The sequence that the next block should begin at.
  keys::JournalPlace last_place_;
  uint64_t last_bytes_ = 0;
  std::map<std::string, Rows> states_;  // By subscription.
  SalvageReport report_;
};

}  // namespace

Result<SalvageReport> salvage(const StoreOptions& from, const std::string& to) {
  std::error_code problem;
  fs::directory_iterator(from.path, problem);
  if (problem && problem != std::errc::no_such_file_or_directory) {
    return failed("store " + from.path + " cannot be read: " + problem.message());
  }
  if (!is_rocksdb_store(from.path)) return not_found("there is no store at " + from.path);
  if (is_inside(to, from.path)) {
    return bad_input(to + " lies in the damaged store, which is left as it is: name another place");
  }
  if (fs::exists(to, problem) && !fs::is_empty(to, problem)) {
    return bad_input(to + " is not empty: name a directory that salvage can make");
  }
  StoreOptions target = from;
  target.path = to;
  target.read_only = false;
  Result<SalvageReport> report = Salvage(from, target).run();
  for (const char* beside : {".listed", ".found"}) fs::remove_all(to + beside, problem);
  return report;
}

}  // namespace statewire
