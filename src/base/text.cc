#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/code_point.h"

namespace statewire {

std::string_view cut_utf8(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = code_point_at(text, at).length;
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    // Words of so different sizes are not near, however long they are.
    if (word.size() >= candidate.size() + best_distance) continue;
    std::vector<size_t> row(candidate.size() + 1);
    for (size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= word.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j < row.size(); ++j) {
        const size_t substitute = diagonal + (word[i - 1] != candidate[j - 1]);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

std::string_view with_thousands(uint64_t number, NumberRoom& room) {
  size_t at = room.size();
  size_t written = 0;
  do {
    if (written != 0 && written % 3 == 0) room[--at] = ',';
    ++written;
    room[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return {room.data() + at, room.size() - at};
}

std::string with_thousands(uint64_t number) {
  NumberRoom room;
  return std::string(with_thousands(number, room));
}

std::string counted(uint64_t count, std::string_view noun) {
  const std::string number = with_thousands(count) + " ";
  if (count == 1) return number + std::string(noun);
  if (!noun.ends_with('y')) return number + std::string(noun) + "s";
  return number + std::string(noun.substr(0, noun.size() - 1)) + "ies";
}

}  // namespace statewire
