// The damaged store is opened to be read, past what its log lacks; where that fails, or lacks what
// was acknowledged, a copy of it is repaired and opened instead. Then all rows are copied, family
// by family, those that are not what was written left out. Last, the journal gets an end: a block
// without entries after the last sequence that was acknowledged, so that no sequence is given
// twice.
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
#include "store/rows.h"
#include "store/store_state.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

class Salvage {
 public:
  Salvage(StoreOptions from, StoreOptions to) : from_(std::move(from)), to_(std::move(to)) {}

  Result<SalvageReport> run() {
    const auto lock = lock_rocksdb(from_);
    if (!lock) return lock.error();
    if (const auto mark = read_acknowledged(from_.path); !mark) {
      fault(mark.error().text);
    } else if (*mark) {
      acknowledged_ = **mark;
    }
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
  void fault(std::string text) {
    if (report_.faults.size() < kSalvageFaultsMax) report_.faults.push_back(std::move(text));
  }

  Result<void> open() {
    StoreOptions to_read = from_;
    to_read.read_only = true;
    auto direct = open_rocksdb_engine(to_read, LogTrust::what_is);
    if (!direct && direct.error().kind != ErrorKind::damaged) return direct.error();
    if (!direct) fault(direct.error().text);
    if (!direct || end_of(**direct) < acknowledged_.journal_bytes) {
      // Deletions may be lost in it: it is the second choice.
      auto repaired = open_repaired_copy(to_read, to_.path + ".copy");
      if (!repaired && !direct) return repaired.error();
      if (repaired && (!direct || end_of(**repaired) > end_of(**direct)))
        direct = std::move(repaired);
    }
    source_ = *std::move(direct);
    auto made = open_rocksdb_engine(to_);
    if (!made) return made.error();
    target_ = *std::move(made);
    return {};
  }

  // How many bytes the journal had up to its last block; 0 where that cannot be read.
  static uint64_t end_of(const Engine& engine) {
    uint64_t end = 0;
    const Result<void> read =
        engine.each(Family::journal, keys::journal_up_to(UINT64_MAX), Direction::backward,
                    [&](std::string_view key, std::string_view value) {
                      const auto place = keys::parse_journal(key);
                      if (place) end = place->bytes_before + key.size() + value.size();
                      return false;
                    });
    return read ? end : 0;
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
    const auto on_fault = [&](std::string_view last, std::string_view, const Error& error) {
      ++rows.faults;
      fault("after " + name_of_row(family, last) + error.text);
      return true;
    };
    const Result<void> read = each_readable_row(*source_, family, "", visit, on_fault);
    if (read && (rows.kept > 0 || rows.damaged > 0 || rows.faults > 0)) {
      report_.families.push_back(rows);
    }
    return read ? written : read;
  }

  Result<void> write(Sync sync) {
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
  if (fs::exists(to, problem) && !fs::is_empty(to, problem)) {
    return bad_input(to + " is not empty: name a directory that salvage can make");
  }
  StoreOptions target = from;
  target.path = to;
  target.read_only = false;
  Result<SalvageReport> report = Salvage(from, target).run();
  fs::remove_all(to + ".copy", problem);
  return report;
}

}  // namespace statewire
