// simdjson works in two stages. The first, which is vectorised and chosen for the processor when
// the program runs, checks UTF-8 and strings and lists where each token begins. Its on-demand
// interface walks that list, but compiled for the oldest processor, and it keeps track of more than
// is needed here. So the list is walked by hand: keys compared as they stand in the text, whatever
// nobody looks at passed over by its brackets alone, and an end as soon as nothing is left to look
// at. Numbers and escapes remain simdjson's.
#include "pattern/read_json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace statewire::pattern {

namespace {

constexpr size_t kLevelsMax = 1024;           // As simdjson's own.
constexpr uint32_t kObjectsMax = 0x80000000;  // Counted before counting begins anew.

constexpr std::array<int8_t, 256> depth_steps() {
  std::array<int8_t, 256> steps{};
  steps['{'] = steps['['] = 1;
  steps['}'] = steps[']'] = -1;
  return steps;
}
constexpr std::array<int8_t, 256> kDepthSteps = depth_steps();

// REQUIRES: 8 bytes behind the text may be read.
bool has_backslash(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  for (size_t i = 0; i < text.size(); i += 8) {
    const uint64_t word = load8(text.data() + i) ^ (kOnes * '\\');
    const uint64_t zeros = (word - kOnes) & ~word & (kOnes << 7);
    // The first byte that is marked is surely one; it must be within the text.
    if (zeros != 0 && i + static_cast<size_t>(std::countr_zero(zeros)) / 8 < text.size()) {
      return true;
    }
  }
  return false;
}

bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

// One event. Functions answer false where it is not JSON; after that nothing else is called.
class JsonWalk {
 public:
  JsonWalk(JsonReader& reader, std::string_view event, const Paths& paths, Leaves& leaves)
      : reader_(reader),
        paths_(paths),
        leaves_(leaves),
        text_(reinterpret_cast<const uint8_t*>(event.data())),
        tokens_(reader.parser_->structural_indexes.get()),
        end_(reader.parser_->n_structural_indexes),
        unescaped_(reader.unescaped_.data()) {}

  bool run() {
    if (at_ == end_) return false;
    reader_.is_object_ = token() == '{';
    if (!reader_.is_object_) return skip();
    // So whatever is read up to there ends inside the text.
    if (text_[tokens_[end_ - 1]] != '}') return false;
    ++at_;
    return object(Paths::kRoot, 0, true);
  }

 private:
  uint8_t token() const { return text_[tokens_[at_]]; }

  // The members of an object whose bracket was passed. `is_last`: nobody looks at anything behind
  // it.
  bool object(uint32_t node, uint32_t place, bool is_last) {
    if (++levels_ > kLevelsMax) return false;
    const uint32_t serial = ++reader_.objects_;
    uint32_t left = paths_.node(node).children;
    if (left == 0) return leave_object(is_last);
    if (at_ < end_ && token() == '}') {
      ++at_;
      --levels_;
      return true;
    }
    for (;;) {
      uint32_t child = kNothing;
      if (!key(node, child)) return false;
      if (child == kNothing || reader_.seen_[child] == serial) {
        if (!skip()) return false;
      } else {
        reader_.seen_[child] = serial;
        --left;
        if (!value(child, place, is_last && left == 0)) return false;
        if (is_done_) return true;
        if (left == 0) return leave_object(is_last);
      }
      if (at_ == end_) return false;
      const uint8_t c = text_[tokens_[at_++]];
      if (c == '}') break;
      if (c != ',') return false;
    }
    --levels_;
    return true;
  }

  bool leave_object(bool is_last) {
    --levels_;
    is_done_ = is_last;
    return is_last || leave();
  }

  // A key and its colon; the node that it leads to.
  bool key(uint32_t node, uint32_t& child) {
    if (at_ + 1 >= end_ || token() != '"' || text_[tokens_[at_ + 1]] != ':') return false;
    std::string_view text;
    if (!string(text)) return false;
    at_ += 2;
    child = paths_.child(node, text);
    return true;
  }

  // The string that is the present token.
  bool string(std::string_view& out) {
    const uint32_t begin = tokens_[at_] + 1;
    uint32_t end = tokens_[at_ + 1] - 1;
    while (is_space(text_[end])) --end;
    if (end < begin || text_[end] != '"') return false;
    out = {reinterpret_cast<const char*>(text_) + begin, end - begin};
    if (!has_backslash(out)) return true;
    uint8_t* const unescaped = unescaped_;
    unescaped_ = reader_.parser_->parse_string(text_ + begin, unescaped);
    if (unescaped_ == nullptr) return false;
    out = {reinterpret_cast<const char*>(unescaped), static_cast<size_t>(unescaped_ - unescaped)};
    return true;
  }

  bool value(uint32_t node, uint32_t place, bool is_last) {
    if (at_ == end_) return false;
    switch (token()) {
      case '{':
        ++at_;
        return paths_.node(node).children > 0 ? object(node, place, is_last) : leave();
      case '[':
        ++at_;
        return array(node, place);
      default: {
        const uint32_t slot = paths_.node(node).slot;
        return slot == kNothing ? skip() : leaf(slot, place);
      }
    }
  }

  bool array(uint32_t node, uint32_t place) {
    if (++levels_ > kLevelsMax) return false;
    uint32_t index = kNothing;
    const bool has_children = paths_.node(node).children > 0;
    if (at_ < end_ && token() == ']') {
      ++at_;
      --levels_;
      return true;
    }
    for (;;) {
      if (at_ == end_) return false;
      const uint8_t c = token();
      uint32_t item = place;
      if (c == '[' || (c == '{' && has_children)) {
        if (index == kNothing) index = leaves_.add_array(place);
        item = leaves_.add_element(index);
      }
      if (!value(node, item, false)) return false;
      if (at_ == end_) return false;
      const uint8_t next = text_[tokens_[at_++]];
      if (next == ']') break;
      if (next != ',') return false;
    }
    --levels_;
    return true;
  }

  bool leaf(uint32_t slot, uint32_t place) {
    const uint8_t* const begin = text_ + tokens_[at_];
    if (*begin == '"') {
      std::string_view text;
      if (!string(text)) return false;
      leaves_.add_text(slot, place, text);
    } else if (*begin == '-' || (*begin >= '0' && *begin <= '9')) {
      leaves_.add_number(slot, place, reinterpret_cast<const char*>(begin));
    } else if (is_literal(begin, "true")) {
      leaves_.add_other(slot, place, LeafKind::true_value);
    } else if (is_literal(begin, "false")) {
      leaves_.add_other(slot, place, LeafKind::false_value);
    } else if (is_literal(begin, "null")) {
      leaves_.add_other(slot, place, LeafKind::null_value);
    } else {
      return false;
    }
    ++at_;
    return true;
  }

  static bool is_literal(const uint8_t* at, std::string_view word) {
    if (std::memcmp(at, word.data(), word.size()) != 0) return false;
    const uint8_t next = at[word.size()];
    return next == ',' || next == '}' || next == ']' || is_space(next) || next == '\0';
  }

  // Passes one value of any kind.
  bool skip() {
    if (at_ == end_) return false;
    switch (text_[tokens_[at_++]]) {
      case '{':
      case '[':
        return leave();
      case '}':
      case ']':
      case ',':
      case ':':
        return false;
      default:
        return true;
    }
  }

  // Passes everything to the bracket that closes one that was passed.
  bool leave() {
    int depth = 1;
    size_t at = at_;
    while (depth > 0) {
      if (at == end_) return false;
      depth += kDepthSteps[text_[tokens_[at++]]];
    }
    at_ = at;
    return true;
  }

  JsonReader& reader_;
  const Paths& paths_;
  Leaves& leaves_;
  const uint8_t* const text_;
  const uint32_t* const tokens_;
  size_t at_ = 0;
  const size_t end_;  // The token there is the end of the text.
  uint8_t* unescaped_;
  size_t levels_ = 0;
  bool is_done_ = false;
};

bool JsonReader::prepare(size_t bytes) {
  constexpr size_t kBytesMin = size_t{1} << 16;
  const size_t capacity = std::max(bytes, kBytesMin);
  if (parser_ && parser_->capacity() >= capacity) return true;
  unescaped_.resize(capacity + simdjson::SIMDJSON_PADDING);
  if (parser_) return !parser_->allocate(capacity, kLevelsMax);
  return !simdjson::get_active_implementation()->create_dom_parser_implementation(
      capacity, kLevelsMax, parser_);
}

bool JsonReader::read(std::string_view event, const Paths& paths, Leaves& leaves) {
  leaves.begin(paths.slots());
  if (seen_.size() < paths.nodes()) seen_.resize(paths.nodes());
  if (objects_ > kObjectsMax) {
    std::fill(seen_.begin(), seen_.end(), 0);
    objects_ = 0;
  }
  const auto* const text = reinterpret_cast<const uint8_t*>(event.data());
  return prepare(event.size()) &&
         !parser_->stage1(text, event.size(), simdjson::stage1_mode::regular) &&
         JsonWalk(*this, event, paths, leaves).run();
}

}  // namespace statewire::pattern
