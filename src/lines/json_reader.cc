// The tokens of the text (tokens.h) are walked along the tree of the keys that any rule names: keys
// and strings are compared as they stand in the text, whatever nobody looks at is passed over by
// its brackets alone, and the walk ends as soon as nothing is left to look at. What is behind that
// was not even split into tokens. Escapes and numbers are simdjson's to read.
#include "lines/json_reader.h"

#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"
#include "base/whole_json.h"
#include "lines/tokens.h"

namespace statewire::lines {

using pattern::kNothing;
using pattern::LeafKind;
using pattern::Leaves;
using pattern::Paths;

namespace {

constexpr size_t kPrefetchedBytes = 512;  // As far as most events are walked.

// REQUIRES: 8 bytes behind the text may be read.
bool has_backslash(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  for (size_t i = 0; i < text.size(); i += 8) {
    const uint64_t word = pattern::load8(text.data() + i) ^ (kOnes * '\\');
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

// The memory behind an event is likely to be the next one.
void prefetch(const char* begin) {
  constexpr size_t kCacheLine = 64;
  for (size_t i = 0; i < kPrefetchedBytes; i += kCacheLine) __builtin_prefetch(begin + i);
}

// One event. Functions answer false where it is not JSON; after that nothing else is called. Each
// begins at the first token of what it is about, and ends at the token behind.
class JsonWalk {
 public:
  JsonWalk(JsonReader& reader, std::string_view event, const Paths& paths, Leaves& leaves)
      : reader_(reader),
        paths_(paths),
        leaves_(leaves),
        event_(event),
        tokens_(event, reader.read_block_),
        unescaped_(reader.unescaped_.data()) {}

  bool run() {
    tokens_.next();
    reader_.is_object_ = tokens_.kind() == '{';
    const bool is_read = reader_.is_object_ ? is_closed() && object(Paths::kRoot, 0, true) : skip();
    // Where it was read to its end, nothing may follow.
    return is_read && (is_done_ || tokens_.kind() == 0) && tokens_.is_valid();
  }

 private:
  // Events that were cut off are found without reading them.
  bool is_closed() const {
    size_t end = event_.size();
    while (is_space(static_cast<uint8_t>(event_[end - 1]))) --end;
    return event_[end - 1] == '}';
  }

  // `is_last`: nobody looks at anything behind the object.
  __attribute__((flatten)) bool object(uint32_t node, uint32_t place, bool is_last) {
    if (++levels_ > kMatchedDepthMax) return false;
    uint32_t left = paths_.node(node).children;
    if (left == 0) return leave_object(0, is_last);
    tokens_.next();
    if (tokens_.kind() == '}') return close();
    const uint32_t serial = leaves_.begin_object();
    for (;;) {
      uint32_t child = pass_members(paths_.node(node));
      bool is_nested = false;
      if (child == kNothing ? !key(node, serial, child, is_nested) : !known_key()) return false;
      if (child == kNothing || !leaves_.is_first(child, serial)) {
        if (!skip()) return false;
      } else {
        if (!is_nested) --left;
        if (!value(child, place, is_last && left == 0)) return false;
        if (is_done_) return true;
        if (left == 0) return leave_object(1, is_last);
      }
      if (tokens_.kind() == '}') return close();
      if (tokens_.kind() != ',') return false;
      tokens_.next();
    }
  }

  // Most keys are compared where they stand. Passes members that nobody looks at, and returns the
  // node that the next key leads to; kNothing where the key must be read.
  uint32_t pass_members(const Paths::Node& node) {
    uint32_t child = kNothing;
    tokens_.pass_members([&](const char* key) {
      return !Paths::may_begin(node, key) || is_for_nobody(node, key, child);
    });
    return child;
  }

  bool is_for_nobody(const Paths::Node& node, const char* key, uint32_t& child) const {
    if (!node.compares_quoted) return false;
    child = paths_.child_quoted(node, key);
    return child == kNothing && !Paths::may_lead_below(node, key);
  }

  bool close() {
    --levels_;
    tokens_.next();
    return true;
  }

  bool leave_object(int depth, bool is_last) {
    --levels_;
    is_done_ = is_last;
    return is_last || tokens_.leave(depth);
  }

  // A key and its colon; the node that it leads to. Nested: by its dots.
  bool key(uint32_t node, uint32_t object, uint32_t& child, bool& is_nested) {
    std::string_view text;
    if (tokens_.kind() != '"' || !string(text) || tokens_.kind() != ':') return false;
    tokens_.next();
    child = paths_.child(node, text);
    if (child == kNothing && paths_.node(node).has_grandchildren) {
      child = leaves_.node_behind_dots(paths_, node, text, object);
      is_nested = child != kNothing;
    }
    return true;
  }

  // The same where the key was compared already.
  bool known_key() {
    tokens_.next();
    if (tokens_.kind() != ':') return false;
    tokens_.next();
    return true;
  }

  // REQUIRES: the present token is a quote.
  bool string(std::string_view& out) {
    const uint8_t* const begin = tokens_.at() + 1;
    tokens_.next();
    if (tokens_.kind() == '\0') return false;
    const uint8_t* end = tokens_.at() - 1;
    while (*end != '"' && is_space(*end)) --end;
    if (end < begin || *end != '"') return false;
    out = {reinterpret_cast<const char*>(begin), static_cast<size_t>(end - begin)};
    return !tokens_.has_backslashes() || !has_backslash(out) || unescape(out);
  }

  // False for half of a surrogate pair, too: whoever is told parses the event whole.
  bool unescape(std::string_view& text) {
    if (has_half_surrogate(text)) return false;
    uint8_t* const unescaped = unescaped_;
    const auto* const begin = reinterpret_cast<const uint8_t*>(text.data());
    unescaped_ = reader_.parser_->parse_string(begin, unescaped);
    if (unescaped_ == nullptr) return false;
    text = {reinterpret_cast<const char*>(unescaped), static_cast<size_t>(unescaped_ - unescaped)};
    return true;
  }

  bool value(uint32_t node, uint32_t place, bool is_last) {
    switch (tokens_.kind()) {
      case '{':
        return paths_.node(node).children > 0 ? object(node, place, is_last) : tokens_.leave(0);
      case '[':
        return array(node, place);
      default: {
        const uint32_t slot = paths_.node(node).slot;
        return slot == kNothing ? skip() : leaf(slot, place);
      }
    }
  }

  bool array(uint32_t node, uint32_t place) {
    if (++levels_ > kMatchedDepthMax) return false;
    uint32_t index = kNothing;
    const bool has_children = paths_.node(node).children > 0;
    tokens_.next();
    if (tokens_.kind() == ']') return close();
    for (;;) {
      const uint8_t kind = tokens_.kind();
      uint32_t item = place;
      if (kind == '[' || (kind == '{' && has_children)) {
        if (index == kNothing) index = leaves_.add_array(place);
        item = leaves_.add_element(index);
      }
      if (!value(node, item, false)) return false;
      if (tokens_.kind() == ']') return close();
      if (tokens_.kind() != ',') return false;
      tokens_.next();
    }
  }

  bool leaf(uint32_t slot, uint32_t place) {
    const uint8_t* const begin = tokens_.at();
    const uint8_t kind = tokens_.kind();
    if (kind == '"') {
      std::string_view text;
      if (!string(text)) return false;
      leaves_.add_text(slot, place, text);
      return true;
    }
    if (kind == '-' || (kind >= '0' && kind <= '9')) {
      leaves_.add_number(slot, place, reinterpret_cast<const char*>(begin));
    } else if (kind == 't' && is_literal(begin, "true")) {
      leaves_.add_other(slot, place, LeafKind::true_value);
    } else if (kind == 'f' && is_literal(begin, "false")) {
      leaves_.add_other(slot, place, LeafKind::false_value);
    } else if (kind == 'n' && is_literal(begin, "null")) {
      leaves_.add_other(slot, place, LeafKind::null_value);
    } else {
      return false;
    }
    tokens_.next();
    return true;
  }

  static bool is_literal(const uint8_t* at, std::string_view word) {
    if (std::memcmp(at, word.data(), word.size()) != 0) return false;
    const uint8_t next = at[word.size()];
    return next == ',' || next == '}' || next == ']' || is_space(next);
  }

  // Passes one value of any kind.
  bool skip() {
    switch (tokens_.kind()) {
      case '{':
      case '[':
        return tokens_.leave(0);
      case '}':
      case ']':
      case ',':
      case ':':
      case '\0':
        return false;
      default:
        tokens_.next();
        return true;
    }
  }

  JsonReader& reader_;
  const Paths& paths_;
  Leaves& leaves_;
  const std::string_view event_;
  Tokens tokens_;
  uint8_t* unescaped_;
  size_t levels_ = 0;
  bool is_done_ = false;
};

JsonReader::JsonReader() {
  CHECK(!simdjson::get_active_implementation()->create_dom_parser_implementation(
      0, kMatchedDepthMax, parser_));
}

bool JsonReader::read(std::string_view event, const Paths& paths, Leaves& leaves) {
  leaves.begin(paths);
  const size_t unescaped_max = event.size() + simdjson::SIMDJSON_PADDING;
  if (unescaped_.size() > kMatchBytesKept) std::vector<uint8_t>().swap(unescaped_);
  if (unescaped_.size() < unescaped_max) unescaped_.resize(std::bit_ceil(unescaped_max));
  prefetch(event.data() + event.size());
  return JsonWalk(*this, event, paths, leaves).run();
}

}  // namespace statewire::lines
