// A block, format 2. Fixed numbers are little-endian, offsets count from the block's first byte.
//
//   format:1  first_sequence:8  recorded:8  entries:4  texts:4
//   texts_at:4  text_ends_at:4  entry_ends_at:4  ledger_at:4
//   the entries, one after the other (entry_layout.h)
//   texts_at:      the texts of the dictionary, one after the other
//   text_ends_at:  where each text ends, from texts_at; 4 bytes each
//   entry_ends_at: where each entry ends, from the first entry; 4 bytes each
//   ledger_at:     what the commit adds to the ledger (ledger_codec.cc). What a newer program says
//                  of the whole block is there too: readers skip what they do not know
//   the last 8:    XXH3-64, seed 0, of all bytes before
//
// The tables of ends let one entry be read without any other.
#include "store/block.h"

#include <cstring>

#include "store/entry_codec.h"
#include "store/entry_layout.h"
#include "store/ledger_codec.h"

namespace statewire {
namespace {

constexpr size_t kFirstSequenceAt = 1;
constexpr size_t kRecordedAt = 9;
constexpr size_t kEntriesAt = 17;
constexpr size_t kTextsAt = 21;
constexpr size_t kTextsBeginAt = 25;
constexpr size_t kTextEndsBeginAt = 29;
constexpr size_t kEntryEndsBeginAt = 33;
constexpr size_t kLedgerBeginAt = 37;
constexpr size_t kHeaderBytes = 41;
constexpr size_t kChecksumBytes = 8;

Error damaged_block(std::string_view what) {
  return damaged("a journal block is damaged: " + std::string(what));
}

uint32_t end_of(std::string_view ends, size_t index) {
  return from_little_endian<uint32_t>(ends.data() + index * 4);
}

}  // namespace

struct BlockWriter::State {
  ByteWriter out;
  std::vector<uint32_t> entry_ends;
  Dictionary dictionary;
  ToldTimes times;
  uint64_t first_sequence = 0;
  Time recorded;
  bool is_open = false;

  // Offsets have 32 bits; a batch is bounded far below by whoever makes it.
  uint32_t offset() const {
    CHECK(out.size() <= UINT32_MAX);
    return static_cast<uint32_t>(out.size());
  }
};

BlockWriter::BlockWriter() : state_(std::make_unique<State>()) {}
BlockWriter::~BlockWriter() = default;

void BlockWriter::begin(uint64_t first_sequence, Time recorded) {
  State& state = *state_;
  state.out.clear();
  state.entry_ends.clear();
  state.dictionary.clear();
  state.times.clear();
  state.first_sequence = first_sequence;
  state.recorded = recorded;
  state.is_open = true;
  state.out.byte(layout::kFormat);
  state.out.fixed<uint64_t>(first_sequence);
  state.out.fixed<uint64_t>(static_cast<uint64_t>(to_ns(recorded)));
  while (state.out.size() < kHeaderBytes) state.out.byte(0);
}

void BlockWriter::add(const Entry& entry) {
  State& state = *state_;
  CHECK(state.is_open);
  CHECK(entry.sequence == state.first_sequence + state.entry_ends.size());
  EntryEncoder(state.out, &state.dictionary).entry(entry, state.recorded);
  state.times.add(entry);
  state.entry_ends.push_back(state.offset() - static_cast<uint32_t>(kHeaderBytes));
}

Result<Entry> BlockWriter::entry(uint64_t sequence, Arena& arena) const {
  const State& state = *state_;
  const uint64_t index = sequence - state.first_sequence;
  if (index >= state.entry_ends.size()) {
    return not_found("sequence " + std::to_string(sequence) + " is not in this block");
  }
  const size_t begin = index == 0 ? 0 : state.entry_ends[index - 1];
  // The buffer moves as it grows: the entry's own bytes are kept by the arena.
  const std::string_view bytes =
      arena.copy(state.out.view().substr(kHeaderBytes + begin, state.entry_ends[index] - begin));
  const TextTable texts(state.dictionary);
  EntryDecoder decoder(bytes, &texts, arena, /*copies=*/false);
  const Entry result = decoder.entry(sequence, state.recorded);
  CHECK(decoder.is_done());
  return result;
}

size_t BlockWriter::entries() const { return state_->entry_ends.size(); }

const ToldTimes& BlockWriter::times() const { return state_->times; }

std::string_view BlockWriter::finish(const LedgerDelta& ledger) {
  State& state = *state_;
  CHECK(state.is_open);
  state.is_open = false;
  ByteWriter& out = state.out;
  const uint32_t text_count = static_cast<uint32_t>(state.dictionary.size());
  const uint32_t texts_at = state.offset();
  for (uint32_t id = 1; id <= text_count; ++id) out.bytes(state.dictionary.text(id));
  const uint32_t text_ends_at = state.offset();
  uint32_t end = 0;
  for (uint32_t id = 1; id <= text_count; ++id) {
    end += static_cast<uint32_t>(state.dictionary.text(id).size());
    out.fixed(end);
  }
  const uint32_t entry_ends_at = state.offset();
  for (const uint32_t entry_end : state.entry_ends) out.fixed(entry_end);
  const uint32_t ledger_at = state.offset();
  encode_delta(ledger, out);

  out.patch(kEntriesAt, static_cast<uint32_t>(state.entry_ends.size()));
  out.patch(kTextsAt, text_count);
  out.patch(kTextsBeginAt, texts_at);
  out.patch(kTextEndsBeginAt, text_ends_at);
  out.patch(kEntryEndsBeginAt, entry_ends_at);
  out.patch(kLedgerBeginAt, ledger_at);
  out.fixed<uint64_t>(hash64(out.view()));
  state.offset();
  return out.view();
}

Result<BlockReader> BlockReader::open(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes + kChecksumBytes) return damaged_block("it is too short");
  const uint8_t format = static_cast<uint8_t>(bytes[0]);
  if (format != layout::kFormat) {
    return damaged("a journal block has format " + std::to_string(format) +
                   ", and this program reads " + std::to_string(layout::kFormat));
  }
  const std::string_view content = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (hash64(content) != from_little_endian<uint64_t>(content.data() + content.size())) {
    return damaged_block("its checksum is wrong");
  }
  const auto number = [&](size_t at) { return from_little_endian<uint32_t>(bytes.data() + at); };
  BlockReader reader;
  reader.bytes_ = content;
  reader.first_sequence_ = from_little_endian<uint64_t>(bytes.data() + kFirstSequenceAt);
  reader.recorded_ =
      from_ns(static_cast<int64_t>(from_little_endian<uint64_t>(bytes.data() + kRecordedAt)));
  reader.count_ = number(kEntriesAt);
  reader.texts_at_ = number(kTextsBeginAt);
  reader.text_ends_at_ = number(kTextEndsBeginAt);
  reader.entry_ends_at_ = number(kEntryEndsBeginAt);
  reader.ledger_at_ = number(kLedgerBeginAt);
  reader.text_count_ = number(kTextsAt);
  const bool in_order =
      kHeaderBytes <= reader.texts_at_ && reader.texts_at_ <= reader.text_ends_at_ &&
      reader.entry_ends_at_ == reader.text_ends_at_ + reader.text_count_ * 4 &&
      reader.ledger_at_ == reader.entry_ends_at_ + uint64_t{reader.count_} * 4 &&
      reader.ledger_at_ <= content.size() && reader.first_sequence_ <= UINT64_MAX - reader.count_;
  if (!in_order) return damaged_block("its parts overlap");
  return reader;
}

Result<Entry> BlockReader::entry(size_t index, Arena& arena) const {
  return decode(index, arena, /*copies=*/false);
}

Result<Entry> BlockReader::entry_copy(size_t index, Arena& arena) const {
  return decode(index, arena, /*copies=*/true);
}

Result<Entry> BlockReader::decode(size_t index, Arena& arena, bool copies) const {
  const Result<std::string_view> bytes = bytes_of(index);
  if (!bytes) return bytes.error();
  const TextTable table = texts();
  EntryDecoder decoder(*bytes, &table, arena, copies);
  const Entry result = decoder.entry(first_sequence_ + index, recorded_);
  if (!decoder.is_done()) return damaged_block("entry " + std::to_string(result.sequence));
  return result;
}

Result<std::string_view> BlockReader::bytes_of(size_t index) const {
  CHECK(index < count_);
  const std::string_view ends = bytes_.substr(entry_ends_at_, count_ * 4);
  const size_t begin = index == 0 ? 0 : end_of(ends, index - 1);
  const size_t end = end_of(ends, index);
  if (begin > end || end > texts_at_ - kHeaderBytes)
    return damaged_block("an entry is out of place");
  return bytes_.substr(kHeaderBytes + begin, end - begin);
}

TextTable BlockReader::texts() const {
  return TextTable(bytes_.substr(texts_at_, text_ends_at_ - texts_at_),
                   bytes_.substr(text_ends_at_, entry_ends_at_ - text_ends_at_));
}

bool BlockReader::may_hold(std::string_view text) const {
  const std::string_view all = bytes_.substr(kHeaderBytes, text_ends_at_ - kHeaderBytes);
  return ::memmem(all.data(), all.size(), text.data(), text.size()) != nullptr;
}

Result<Time> BlockReader::time_of(size_t index) const {
  const Result<std::string_view> bytes = bytes_of(index);
  if (!bytes) return bytes.error();
  Arena arena;  // Nothing is put there.
  const TextTable table = texts();
  EntryDecoder decoder(*bytes, &table, arena, /*copies=*/false);
  const Time time = decoder.time_of_entry(recorded_);
  if (!decoder.in().ok()) return damaged_block("an entry has no time");
  return time;
}

Result<LedgerDelta> BlockReader::ledger() const { return decode_delta(bytes_.substr(ledger_at_)); }

}  // namespace statewire
