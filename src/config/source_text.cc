#include "config/source_text.h"

#include <algorithm>

namespace statewire {
namespace {

constexpr size_t kStride = 4096;

size_t count_characters(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

}  // namespace

SourceText::SourceText(std::string text) : text_(std::move(text)) {
  line_starts_.push_back(0);
  for (size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
  }
  characters_.push_back(0);
  for (size_t at = 0; at + kStride <= text_.size(); at += kStride) {
    characters_.push_back(characters_.back() + count_characters(this->text().substr(at, kStride)));
  }
}

size_t SourceText::characters_before(size_t offset) const {
  const size_t stride = offset / kStride;
  const size_t start = stride * kStride;
  return characters_[stride] + count_characters(text().substr(start, offset - start));
}

Position SourceText::position_at(size_t offset) const {
  offset = std::min(offset, text_.size());
  const size_t line = line_at(offset);
  const size_t column = characters_before(offset) - characters_before(line_starts_[line]);
  return {static_cast<uint32_t>(line + 1), static_cast<uint32_t>(column + 1)};
}

size_t SourceText::offset_of(size_t line, size_t column) const {
  if (line >= line_starts_.size()) return text_.size();
  return std::min(line_starts_[line] + column, text_.size());
}

size_t SourceText::line_at(size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<size_t>(after - line_starts_.begin()) - 1;
}

size_t SourceText::column_at(size_t offset) const { return offset - line_starts_[line_at(offset)]; }

std::string_view SourceText::line(size_t line) const {
  std::string_view rest = text().substr(offset_of(line, 0));
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

}  // namespace statewire
