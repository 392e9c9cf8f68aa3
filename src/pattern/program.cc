#include "pattern/program.h"

#include <algorithm>
#include <cstring>

#include "pattern/wildcard.h"

namespace statewire::pattern {
namespace {

constexpr size_t kListMin = 8;  // Fewer texts are compared one by one.

class Encoder {
 public:
  explicit Encoder(Bytes& out) : out_(out) {}

  void clause(uint32_t slot, const std::vector<Test>& all) {
    Bytes body;
    Encoder encoder(body);
    const bool accepts_absent = std::any_of(
        all.begin(), all.end(), [](const Test& test) { return test.op == Operator::absent; });
    const uint32_t count = encoder.tests(all);
    varint(slot);
    varint(2 * count + accepts_absent);
    varint(body.size());
    out_.insert(out_.end(), body.begin(), body.end());
  }

  void varint(size_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<uint8_t>(value | 0x80));
    out_.push_back(static_cast<uint8_t>(value));
  }

 private:
  // How many were written.
  uint32_t tests(const std::vector<Test>& all) {
    std::vector<std::string_view> texts;
    for (const Test& test : all) {
      if (test.op == Operator::equal_text) texts.push_back(test.text);
    }
    const bool makes_list = texts.size() >= kListMin;
    if (makes_list) list(std::move(texts));
    uint32_t count = makes_list;
    for (const Test& test : all) {
      if (test.op == Operator::absent || (makes_list && test.op == Operator::equal_text)) continue;
      this->test(test);
      ++count;
    }
    return count;
  }

  void list(std::vector<std::string_view> texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    out_.push_back(kTextList);
    varint(texts.size());
    uint32_t end = 0;
    for (const std::string_view each : texts) {
      end += static_cast<uint32_t>(each.size());
      raw(&end, sizeof end);
    }
    for (const std::string_view each : texts) raw(each.data(), each.size());
  }

  void test(const Test& test) {
    out_.push_back(static_cast<uint8_t>(test.op));
    switch (test.op) {
      case Operator::equal_text:
      case Operator::prefix:
      case Operator::suffix:
      case Operator::equal_ignoring_case:
      case Operator::prefix_ignoring_case:
      case Operator::suffix_ignoring_case:
        return text(test.text);
      case Operator::wildcard: {
        const std::vector<std::string> pieces = split_wildcard(test.text);
        varint(pieces.size());
        for (const std::string& piece : pieces) text(piece);
        return;
      }
      case Operator::equal_number:
        return number(test.range.low);
      case Operator::in_range:
        number(test.range.low);
        number(test.range.high);
        return out_.push_back(test.range.low_is_in + 2 * test.range.high_is_in);
      case Operator::in_network:
        out_.push_back(test.network.address.is_v6);
        out_.push_back(test.network.bits);
        return raw(test.network.address.bytes.data(), test.network.address.bytes.size());
      case Operator::anything_but: {
        Bytes body;
        Encoder encoder(body);
        varint(encoder.tests(test.excluded));
        return raw(body.data(), body.size());
      }
      default:
        return;
    }
  }

  void number(const Number& number) {
    raw_double(number.nearest());
    out_.push_back(number.is_double());
    if (!number.is_double()) raw_double(number.rest());
  }
  void raw_double(double value) { raw(&value, sizeof value); }
  void text(std::string_view text) {
    varint(text.size());
    raw(text.data(), text.size());
  }
  void raw(const void* data, size_t size) {
    const auto* const bytes = static_cast<const uint8_t*>(data);
    out_.insert(out_.end(), bytes, bytes + size);
  }

  Bytes& out_;
};

}  // namespace

double Cursor::raw_double() {
  double value;
  std::memcpy(&value, at_, sizeof value);
  at_ += sizeof value;
  return value;
}

Number Cursor::number() {
  const double nearest = raw_double();
  const bool is_double = byte() != 0;
  return is_double ? Number(nearest) : Number(nearest, raw_double());
}

Range Cursor::range() {
  Range range{.low = number(), .high = number()};
  const uint8_t ends = byte();
  range.low_is_in = ends & 1;
  range.high_is_in = ends & 2;
  return range;
}

Network Cursor::network() {
  Network network;
  network.address.is_v6 = byte();
  network.bits = byte();
  std::memcpy(network.address.bytes.data(), at_, network.address.bytes.size());
  at_ += network.address.bytes.size();
  return network;
}

TextList::TextList(Cursor& cursor) : size_(cursor.varint()), ends_(cursor.at()) {
  bytes_ = reinterpret_cast<const char*>(ends_ + sizeof(uint32_t) * size_);
  const std::string_view last = (*this)[size_ - 1];
  cursor = Cursor(reinterpret_cast<const uint8_t*>(last.data() + last.size()));
}

std::string_view TextList::operator[](uint32_t index) const {
  const auto end = [&](uint32_t i) {
    return load4(reinterpret_cast<const char*>(ends_) + sizeof(uint32_t) * i);
  };
  const uint32_t begin = index == 0 ? 0 : end(index - 1);
  return {bytes_ + begin, end(index) - begin};
}

bool TextList::contains(std::string_view text) const {
  uint32_t low = 0;
  uint32_t high = size_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = (*this)[middle].compare(text);
    if (order == 0) return true;
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return false;
}

ClauseHead read_clause(Cursor& cursor) {
  ClauseHead clause;
  clause.slot = cursor.varint();
  const uint32_t tests = cursor.varint();
  clause.tests = tests / 2;
  clause.accepts_absent = tests & 1;
  const uint32_t size = cursor.varint();
  clause.at = cursor.at();
  clause.next = clause.at + size;
  cursor = Cursor(clause.next);
  return clause;
}

void encode(const Alternative& alternative, Bytes& out) {
  Encoder encoder(out);
  encoder.varint(alternative.size());
  for (const FieldClause& clause : alternative) {
    encoder.clause(clause.slot, *clause.tests);
  }
}

}  // namespace statewire::pattern
