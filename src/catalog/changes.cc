#include "catalog/changes.h"

#include <charconv>
#include <optional>

#include "base/limits.h"
#include "catalog/clean.h"
#include "catalog/render.h"

namespace statewire {
namespace {

using simdjson::dom::element;

class LeafReader {
 public:
  LeafReader(Arena& arena, std::vector<Change>& out, std::string& path)
      : arena_(arena), out_(out), path_(path) {}

  void read(element value, size_t depth) {
    if (out_.size() >= kChangesMax || depth > kChangeDepthMax) return;
    if (value.is_object()) {
      for (const auto field : simdjson::dom::object(value.get_object().value_unsafe())) {
        if (out_.size() >= kChangesMax) return;
        read_below(field.key, field.value, depth);
      }
    } else if (value.is_array()) {
      size_t index = 0;
      for (const element item : simdjson::dom::array(value.get_array().value_unsafe())) {
        if (out_.size() >= kChangesMax) return;
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, index++).ptr;
        read_below({digits, static_cast<size_t>(end - digits)}, item, depth);
      }
    } else {
      add(value);
    }
  }

 private:
  void read_below(std::string_view key, element value, size_t depth) {
    const size_t size = path_.size();
    // What is longer is cut, and need not grow.
    if (size < kChangeBytesMax) {
      if (size != 0) path_ += '.';
      path_ += key.substr(0, kChangeBytesMax + 1);
    }
    read(value, depth + 1);
    path_.resize(size);
  }

  void add(element value) {
    Digits digits;
    const std::optional<std::string_view> text = scalar_text(value, digits);
    if (!text || path_.empty()) return;
    Change change;
    change.path = copy_clean(arena_, path_, kChangeBytesMax);
    change.to = copy_clean(arena_, *text, kChangeBytesMax);
    out_.push_back(change);
  }

  Arena& arena_;
  std::vector<Change>& out_;
  std::string& path_;
};

}  // namespace

std::span<const Change> read_changes(element parameters, Arena& arena, std::vector<Change>& scratch,
                                     std::string& path) {
  scratch.clear();
  path.clear();
  LeafReader(arena, scratch, path).read(parameters, 0);
  return arena.copy_of(scratch);
}

}  // namespace statewire
