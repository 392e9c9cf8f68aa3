// An entry as a newer program of the same format writes it, byte by byte as entry_layout.h says.
#include "store/entry_codec.h"

#include <gtest/gtest.h>

#include "store/entry_layout.h"
#include "store/ledger_codec.h"
#include "store/sample_entries.h"

namespace statewire {
namespace {

using namespace layout;

const Time kCommittedAt = from_ns(1'795'424'402'318'000'000);
constexpr uint64_t kSequence = 70;
// Two fields that this program does not know, in each group of fields.
constexpr uint64_t kNewerBits = uint64_t{1} << 20 | uint64_t{1} << 63;

class NewerWriter {
 public:
  // With `newer` 0, what this program writes.
  explicit NewerWriter(uint64_t newer) : newer_(newer) {}

  std::string_view entry(unsigned phase, unsigned effect, unsigned kind) {
    bits(kHasPrevious | kHasToward | kHasFlags);
    out_.text("http");
    out_.time(kCommittedAt - std::chrono::seconds(1), kCommittedAt);
    out_.varint(9);  // Back to the previous one.
    key();
    for (const std::string_view text : {"system", "source", "type", "event-1"}) out_.text(text);
    bits(kIdDiffers | kZoneDiffers);
    out_.text("arn:1"), out_.text("zone-a");
    newer_fields();
    out_.byte(static_cast<uint8_t>(effect | phase << 4));
    out_.text("running");
    out_.varint(0xff ^ phase_bit(Phase::stable));
    cause(kind);
    out_.varint(kFutureTime);
    out_.text("catalog entry");
    newer_fields();
    told(phase, kind);
    record(phase);
    return out_.view();
  }

 private:
  void bits(uint64_t bits) { out_.varint(bits | newer_); }
  void newer_fields() {
    for (uint64_t left = newer_; left != 0; left &= left - 1) out_.text("of a newer program");
  }
  void key() {
    out_.time(kCommittedAt - std::chrono::seconds(2), kCommittedAt);
    out_.byte(1), out_.byte(2), out_.byte(3);
    out_.bytes("0123456789abcdef");
  }
  void cause(unsigned kind) {
    out_.varint(kCauseHasTexts | 1u << kConfidenceAt | kind << kCauseKindAt);
    bits(kHasActor | kEvidenceIsOrigin);
    out_.text("alice");
    newer_fields();
  }
  void told(unsigned phase, unsigned kind) {
    bits(kHasId | kind << kToldKindAt);
    out_.bytes("fedcba9876543210");
    bits(kPreviousHasValue | phase << kPreviousPhaseAt);
    out_.text("pending");
    newer_fields();
    newer_fields();
  }
  void record(unsigned phase) {
    bits(kPhaseDiffers | kHasHints);
    bits(0);
    newer_fields();
    out_.varint(phase);
    out_.varint(kSamePrevious);
    out_.varint(kSameCause);
    out_.varint(1);  // Hints.
    out_.varint(kSameCause);
    out_.time(kCommittedAt, kCommittedAt);
    out_.varint(0);
    out_.varint(5);  // Revision.
    newer_fields();
  }

  const uint64_t newer_;
  ByteWriter out_;
};

struct Read {
  Entry entry;
  bool is_whole;
};
Read read(std::string_view bytes, Arena& arena) {
  EntryDecoder decoder(bytes, nullptr, arena, /*copies=*/true);
  const Entry entry = decoder.entry(kSequence, kCommittedAt);
  return {entry, decoder.is_done()};
}

TEST(EntryFormatTest, is_what_the_layout_says) {
  Arena arena;
  NewerWriter writer(0);
  const std::string_view bytes = writer.entry(2, 0, 1);
  const Read seen = read(bytes, arena);
  ASSERT_TRUE(seen.is_whole);
  EXPECT_EQ(seen.entry.previous_sequence, kSequence - 9);
  EXPECT_EQ(seen.entry.observation.resource.zone, "zone-a");
  EXPECT_EQ(seen.entry.observation.toward, phase_bit(Phase::stable));
  EXPECT_EQ(seen.entry.observation.cause.evidence, "event-1");
  EXPECT_EQ(seen.entry.told.kind, NotificationKind::transition);
  EXPECT_EQ(seen.entry.told.previous.phase, Phase::stable);
  EXPECT_EQ(seen.entry.after.phase, Phase::stable);
  EXPECT_EQ(seen.entry.after.cause.actor, "alice");
  ASSERT_EQ(seen.entry.after.hints.size(), 1u);
  EXPECT_EQ(seen.entry.after.hints[0].toward, kAllPhases);
  EXPECT_EQ(seen.entry.after.revision, 5u);
}

TEST(EntryFormatTest, fields_of_a_newer_program_are_passed_over) {
  Arena arena;
  NewerWriter known(0);
  NewerWriter newer(kNewerBits);
  const std::string expected = EntryText::of(read(known.entry(2, 0, 1), arena).entry);
  const Read seen = read(newer.entry(2, 0, 1), arena);
  EXPECT_TRUE(seen.is_whole);
  EXPECT_EQ(EntryText::of(seen.entry), expected);
}

TEST(EntryFormatTest, numbers_of_a_newer_program_are_unknown_and_no_damage) {
  Arena arena;
  NewerWriter writer(0);
  const Read seen = read(writer.entry(/*phase=*/11, /*effect=*/9, /*kind=*/30), arena);
  ASSERT_TRUE(seen.is_whole);
  EXPECT_EQ(seen.entry.observation.phase, Phase::unknown);
  EXPECT_EQ(seen.entry.observation.effect, Effect::cause);
  EXPECT_EQ(seen.entry.observation.cause.kind, CauseKind::unknown);
  EXPECT_EQ(seen.entry.observation.cause.actor, "alice");
  EXPECT_EQ(seen.entry.told.kind, NotificationKind::none);
  EXPECT_EQ(seen.entry.told.previous.phase, Phase::unknown);
  EXPECT_EQ(seen.entry.after.phase, Phase::unknown);
}

TEST(EntryFormatTest, a_newer_field_that_is_cut_off_is_damage) {
  Arena arena;
  NewerWriter writer(kNewerBits);
  const std::string bytes(writer.entry(2, 0, 1));
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(read(std::string_view(bytes).substr(0, size), arena).is_whole) << size;
  }
}

TEST(LedgerFormatTest, fields_and_fates_of_a_newer_program_do_no_harm) {
  ByteWriter out;
  out.byte(2);
  out.varint(kNewerBits);
  out.varint(110);  // Received.
  out.varint(kFateCount + 2);
  for (size_t fate = 0; fate < kFateCount + 2; ++fate) {
    out.varint(fate == 0 ? 100 : fate < kFateCount ? 0 : 5);
  }
  out.text("of a newer program"), out.text("");
  LedgerRow row;
  ASSERT_TRUE(decode_counts(out.view(), row).ok());
  EXPECT_TRUE(row.adds_up());
  EXPECT_EQ(row.fates[static_cast<size_t>(Fate::unrecognised)], 10u);
}

}  // namespace
}  // namespace statewire
