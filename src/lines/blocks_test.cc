#include "lines/blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <string>

#include "lines/tokens.h"

namespace statewire::lines {
namespace {

constexpr std::string_view kAlphabet =
    "{}[]:,\"\"\"\\\\ \t\n\r\f\x01\x1a\x7f\xc3\x80"
    "ab1-";

// By the definition, a byte at a time.
struct Plainly {
  std::string kinds;  // By byte: the class of the token that begins there, or a space.
  bool has_controls = false;
  bool has_backslashes = false;
  bool is_beyond_ascii = false;
};
Plainly read_plainly(std::string_view text) {
  Plainly out{.kinds = std::string(text.size(), ' ')};
  bool in_string = false;
  bool is_escaped = false;
  bool follows_scalar = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool escapes = !is_escaped && c == '\\';
    const bool is_quote = !is_escaped && c == '"';
    const bool is_operator = std::string_view("{}[]:,").find(c) != std::string_view::npos;
    const bool is_space = std::string_view(" \t\r\n").find(c) != std::string_view::npos;
    const bool is_scalar = !is_operator && !is_space;
    if (!in_string && is_operator) out.kinds[i] = c == ',' || c == ':' ? c : c | 0x20;
    if (!in_string && is_scalar && !follows_scalar) out.kinds[i] = 's';
    out.has_controls = out.has_controls || (in_string && static_cast<unsigned char>(c) < 0x20);
    out.has_backslashes = out.has_backslashes || c == '\\';
    out.is_beyond_ascii = out.is_beyond_ascii || static_cast<unsigned char>(c) >= 0x80;
    follows_scalar = is_scalar && !is_quote;
    in_string = in_string != is_quote;
    is_escaped = escapes;
  }
  return out;
}

std::string kinds_of(const Block& block) {
  std::string kinds(kBlockBytes, ' ');
  for (size_t i = 0; i < kBlockBytes; ++i) {
    const auto has = [i](uint64_t bits) { return bits >> i & 1; };
    if (has(block.opens)) kinds[i] = '{';
    if (has(block.closes)) kinds[i] = '}';
    if (has(block.commas)) kinds[i] = ',';
    if (has(block.colons)) kinds[i] = ':';
    if (has(block.scalars)) kinds[i] = 's';
    EXPECT_EQ(has(block.tokens), kinds[i] != ' ');
  }
  EXPECT_EQ(block.opens_count, static_cast<uint32_t>(std::popcount(block.opens)));
  EXPECT_EQ(block.closes_count, static_cast<uint32_t>(std::popcount(block.closes)));
  return kinds;
}

TEST(Blocks, every_reader_finds_what_is_there) {
  std::mt19937 random(7);
  for (int round = 0; round < 3'000; ++round) {
    std::string text(1 + random() % 200, ' ');
    const size_t letters = 1 + random() % kAlphabet.size();
    for (char& c : text) c = kAlphabet[random() % letters];
    const Plainly wanted = read_plainly(text);
    const std::string padded = text + std::string(kBlockBytes, '"');
    for (const BlockReader& reader : block_readers()) {
      BlockState state;
      std::string kinds;
      for (size_t begin = 0; begin < text.size(); begin += kBlockBytes) {
        const size_t rest = text.size() - begin;
        const uint64_t valid = rest < kBlockBytes ? (uint64_t{1} << rest) - 1 : ~uint64_t{0};
        Block block;
        reader.read(reinterpret_cast<const uint8_t*>(padded.data()) + begin, valid, state, block);
        kinds += kinds_of(block);
      }
      kinds.resize(text.size());
      ASSERT_EQ(kinds, wanted.kinds) << reader.name << ": " << text;
      ASSERT_EQ(state.controls != 0, wanted.has_controls) << reader.name << ": " << text;
      ASSERT_EQ(state.backslashes != 0, wanted.has_backslashes) << reader.name << ": " << text;
      ASSERT_EQ(state.beyond_ascii != 0, wanted.is_beyond_ascii) << reader.name << ": " << text;
    }
  }
}

TEST(Blocks, one_reader_runs_anywhere) {
  ASSERT_FALSE(block_readers().empty());
  EXPECT_EQ(block_readers().back().name, "plain");
}

TEST(Tokens, brackets_are_left_however_far_they_close) {
  for (size_t padding = 0; padding < 200; ++padding) {
    const std::string inside = R"([{"]":"}"},)" + std::string(padding, ' ') + "[[],{}]]";
    const std::string text = inside + ",1" + std::string(kBlockBytes, ']');
    for (const BlockReader& reader : block_readers()) {
      Tokens tokens({text.data(), inside.size() + 2}, reader.read);
      tokens.next();
      ASSERT_TRUE(tokens.leave(0));
      ASSERT_EQ(tokens.kind(), ',');
      tokens.next();
      ASSERT_EQ(tokens.kind(), '1');
      tokens.next();
      ASSERT_EQ(tokens.kind(), '\0');
      Tokens cut({text.data(), inside.size() - 1}, reader.read);
      cut.next();
      ASSERT_FALSE(cut.leave(0));
    }
  }
}

TEST(Tokens, members_are_passed_wherever_blocks_end) {
  for (size_t padding = 0; padding < 130; ++padding) {
    const std::string text = std::string(padding, ' ') + R"("key":"value","next":1,"last":[]})";
    const std::string padded = text + std::string(kBlockBytes, '"');
    for (const BlockReader& reader : block_readers()) {
      // To the key that is wanted, or to the last one, whose value is an array.
      for (const std::string_view wanted : {"key\"", "next\"", "last\"", "none\""}) {
        Tokens tokens({padded.data(), text.size()}, reader.read);
        tokens.next();
        tokens.pass_members(
            [&](const char* key) { return !std::string_view(key).starts_with(wanted); });
        const auto at = reinterpret_cast<const char*>(tokens.at()) - padded.data();
        ASSERT_EQ(at, static_cast<ptrdiff_t>(std::min(text.find(wanted), text.find("last\"")) - 1))
            << reader.name << ", " << padding;
        tokens.next();
        ASSERT_EQ(tokens.kind(), ':');
      }
    }
  }
}

TEST(Tokens, what_is_no_member_is_not_passed) {
  for (const std::string_view bad : {R"("a" 1,"b":2})", R"("a":,"b":2})", R"("a":"x" 1,"b":2})",
                                     R"("a":1})", R"("a":{},"b":2})", R"("a")", R"("a":1,)"}) {
    const std::string padded = std::string(bad) + std::string(kBlockBytes, ' ');
    Tokens tokens({padded.data(), bad.size()}, block_readers().front().read);
    tokens.next();
    tokens.pass_members([](const char*) { return true; });
    EXPECT_EQ(tokens.at(), reinterpret_cast<const uint8_t*>(padded.data())) << bad;
  }
}

}  // namespace
}  // namespace statewire::lines
