#include "sources/file_cursor.h"

#include <charconv>
#include <vector>

namespace statewire {
namespace {

constexpr uint64_t kFormat = 2;
constexpr size_t kNumbers = 11;
constexpr size_t kNumbersOfFormat1 = 8;

}  // namespace

std::string FileCursor::encode() const {
  std::string text = std::to_string(kFormat);
  for (const uint64_t number : {position.offset, position.line, uint64_t{is_finished}, print_bytes,
                                print, size, static_cast<uint64_t>(modified_ns),
                                static_cast<uint64_t>(born_ns), tail_bytes, tail_print}) {
    text += ' ' + std::to_string(number);
  }
  return text;
}

std::optional<FileCursor> FileCursor::decode(std::string_view text) {
  std::vector<uint64_t> numbers;
  while (!text.empty()) {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    numbers.push_back(number);
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (numbers.size() == kNumbersOfFormat1 && numbers[0] == 1) {
    numbers.resize(kNumbers);
  } else if (numbers.size() != kNumbers || numbers[0] != kFormat) {
    return std::nullopt;
  }
  return FileCursor{.position = {.offset = numbers[1], .line = numbers[2]},
                    .is_finished = numbers[3] != 0,
                    .print_bytes = numbers[4],
                    .print = numbers[5],
                    .size = numbers[6],
                    .modified_ns = static_cast<int64_t>(numbers[7]),
                    .born_ns = static_cast<int64_t>(numbers[8]),
                    .tail_bytes = numbers[9],
                    .tail_print = numbers[10]};
}

}  // namespace statewire
