#include "sources/piece_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "sources/event_reader.h"

namespace statewire {
namespace {

// Gives so many bytes at a time.
class SteppedInput final : public ByteInput {
 public:
  SteppedInput(std::string text, size_t step) : text_(std::move(text)), step_(step) {}
  Result<size_t> read(std::span<char> to) override {
    const size_t size = std::min({to.size(), step_, text_.size() - at_});
    std::memcpy(to.data(), text_.data() + at_, size);
    at_ += size;
    is_at_end_ = size == 0;
    return size;
  }
  bool is_at_end() const override { return is_at_end_; }
  uint64_t bytes_taken() const override { return at_; }

 private:
  const std::string text_;
  const size_t step_;
  size_t at_ = 0;
  bool is_at_end_ = false;
};

// Each event with its line, and each place that is none.
std::vector<std::string> read_events(std::string text, uint64_t first_line) {
  text.reserve(text.size() + kPaddingBytes);
  std::vector<std::string> seen;
  EventReader().read(
      text, first_line,
      [&](const ParsedEvent& event) {
        seen.push_back(std::to_string(event.line) + " " + std::string(event.bytes));
      },
      [&](const UnreadableEvent& event) { seen.push_back(std::to_string(event.line) + " no"); });
  return seen;
}

std::vector<std::string> read_pieces(const std::string& text, size_t step, PieceLimits limits) {
  PieceReader reader(std::make_unique<SteppedInput>(text, step), {}, limits);
  std::vector<std::string> seen;
  while (true) {
    const Result<std::optional<Piece>> piece = reader.next();
    EXPECT_TRUE(piece.ok()) << piece.error().text;
    if (!piece || !*piece) break;
    EXPECT_EQ((*piece)->text, text.substr((*piece)->begin.offset, (*piece)->text.size()));
    for (std::string& each : read_events((*piece)->text, (*piece)->begin.line)) {
      seen.push_back(std::move(each));
    }
  }
  EXPECT_EQ(reader.position().offset, text.size());
  return seen;
}

TEST(PieceReader, a_text_has_the_same_events_whole_and_in_pieces) {
  const std::string record =
      R"({"eventVersion":"1.08","eventSource":"ec2.amazonaws.com","eventName":"RunInstances"})";
  const std::vector<std::string> texts = {
      "",
      "\n\n",
      "{\"n\":1}",
      "{\"n\":1}\n{\"n\":2}\n",
      "{\"n\":1}\r\n\r\n{\"n\":2}\r\n{\"n\":3}",
      "\xEF\xBB\xBF{\"n\":1}\n{\"n\":2}\n",
      "[{\"n\":1},{\"n\":2}]",
      "[{\"n\":1},{\"n\":2}]\n",
      "[\n{\"n\":1}\n]",
      "[\n{\"n\":1},\n{\"n\":2}\n]\n",
      "[\n{\"n\":1}\n,\n{\"n\":2}\n]\n",
      "{\n  \"n\": 1,\n  \"detail\": {\n    \"a\": [1,\n2]\n  }\n}\n",
      "{\"Records\":[" + record + "," + record + "]}",
      "{\"Records\":[\n" + record + ",\n" + record + "\n]}\n",
      "{\"broken\n{\"n\":1}\n{\"n\":2}\n",
      "no json\n{\"n\":1}\nno json\n",
      "[{\"n\":1}]\n[{\"n\":2},{\"n\":3}]\n",
      "{\"n\":1}{\"n\":2}{\"n\":3}",
      "{\"n\":1}\n{\n  \"n\": 2\n}\n{\n  \"n\": [\n3]\n}{\"n\":4}\n{\"n\":5}\n",
      "{\"n\":1}\n{\n  \"n\": 2,\n  \"x\n{\n  \"n\": 3\n}\n\n{\"n\":4}\n  {\"n\":5}\n",
      "\x1e{\"n\":1}\n\x1e{\n\"n\":2}\n\x1e{\"n\":\n\x1e{\"n\":3}\n",
      "{\"n\":1}\n\xEF\xBB\xBF{\"n\":2}\n{\"n\":3}\xEF\xBB\xBF{\"n\":4}\n",
      "{\"n\":1}\n[\n{\"n\":2}\n,\n{\"n\":3}\n]\n{\"n\":4}\n",
      "{\"n\":1} x\n{\"n\":2}\n}\n{\"n\":\n{\"n\":3}\n",
      "{\"n\":1,\"detail\":{\"a\":1}\n}\n{\"n\":2}\n",
      "{\"n\":1}\n{\"Records\":[" + record + "\n," + record + "\n]}\n{\"n\":2}\n",
      "{\"n\":1}{\"n\":{}\n}\n{\"n\":2}\n",
      "{\"n\":{]\n {\"n\":1}\n {\"n\":2}\n",
      " {\"n\":1}\n {\"n\":\"cut\n {\"n\":2}\n",
  };
  for (const std::string& text : texts) {
    for (const size_t step : {1, 2, 3, 7, 65'536}) {
      for (const PieceLimits limits : {PieceLimits{}, PieceLimits{.lines_max = 1},
                                       PieceLimits{.lines_max = SIZE_MAX, .bytes_max = 16}}) {
        SCOPED_TRACE(text + " by " + std::to_string(step) + ", pieces of " +
                     std::to_string(limits.bytes_max));
        EXPECT_EQ(read_pieces(text, step, limits), read_events(text, 1));
      }
    }
  }
}

TEST(PieceReader, what_is_too_long_is_an_error_after_what_was_before_it) {
  const std::string text = "{\"n\":1}\n{\"long\":\"" + std::string(300, 'x') + "\"}\n";
  PieceReader reader(std::make_unique<SteppedInput>(text, 50), {},
                     {.bytes_max = 16, .value_bytes_max = 100});
  const auto first = reader.next_view();
  ASSERT_TRUE(first.ok() && first->has_value());
  EXPECT_EQ((*first)->text, "{\"n\":1}\n");
  EXPECT_FALSE(reader.next_view().ok());
}

// What each piece is and where it begins.
std::vector<std::string> read_past_long_ones(const std::string& text, size_t step) {
  PieceReader reader(std::make_unique<SteppedInput>(text, step), {},
                     {.lines_max = 1, .bytes_max = 16, .value_bytes_max = 100});
  std::vector<std::string> seen;
  while (true) {
    const Result<std::optional<Piece>> piece = reader.next();
    EXPECT_TRUE(piece.ok()) << piece.error().text;
    EXPECT_LT(reader.bytes_held(), 400u);
    if (!piece || !*piece) break;
    EXPECT_NE((*piece)->text.empty(), (*piece)->unreadable.empty());
    seen.push_back(std::to_string((*piece)->begin.line) + " " + (*piece)->text +
                   (*piece)->unreadable);
  }
  EXPECT_TRUE(reader.is_at_end());
  EXPECT_EQ(reader.position().offset, text.size());
  return seen;
}

TEST(PieceReader, what_is_too_long_is_passed_over_and_named) {
  const std::string long_line = "{\"long\":\"" + std::string(3000, 'x') + "\"}";
  const std::string document = "{\n" + std::string(3000, '\n') + "\"a\":\n";
  const std::string no_line = "a line of more than 100 bytes";
  using Texts = std::vector<std::string>;
  for (const size_t step : {1, 7, 50, 65'536}) {
    SCOPED_TRACE(step);
    EXPECT_EQ(read_past_long_ones("{\"n\":1}\n" + long_line + "\n{\"n\":3}\n", step),
              (Texts{"1 {\"n\":1}\n", "2 " + no_line, "3 {\"n\":3}\n"}));
    EXPECT_EQ(read_past_long_ones(long_line + "\n" + long_line + "\n{\"n\":3}", step),
              (Texts{"1 " + no_line, "2 " + no_line, "3 {\"n\":3}"}));
    EXPECT_EQ(read_past_long_ones(long_line, step), Texts{"1 " + no_line});
    EXPECT_EQ(read_past_long_ones(document, step), Texts{"1 a document of more than 100 bytes"});
  }
}

TEST(PieceReader, what_follows_a_document_that_is_too_long_is_read) {
  std::string text = "[\n";
  for (int i = 0; i < 50; ++i) text += "{\"a\":1},\n";
  text += "{\"n\":1}\n{\"n\":2}\n";
  using Texts = std::vector<std::string>;
  for (const size_t step : {1, 7, 50}) {
    SCOPED_TRACE(step);
    EXPECT_EQ(read_past_long_ones(text, step),
              (Texts{"1 a document of more than 100 bytes", "52 {\"n\":1}\n", "53 {\"n\":2}\n"}));
  }
}

// A pipe gives little at a time. What is held is moved when its memory is full, and not each time.
TEST(PieceReader, a_long_value_that_comes_in_small_steps_is_not_copied_at_each) {
  const std::string text = "[\n" + std::string(size_t{48} << 20, ' ') + "{}]\n";
  PieceReader reader(std::make_unique<SteppedInput>(text, 65'536), {}, {});
  const std::clock_t begin = std::clock();
  const auto piece = reader.next_view();
  ASSERT_TRUE(piece.ok() && piece->has_value());
  EXPECT_GE((*piece)->text.size(), text.size() - 1);
  EXPECT_LT(std::clock() - begin, 5 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace statewire
