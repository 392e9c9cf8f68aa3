#include "catalog/declared.h"

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "catalog/clean.h"
#include "model/owner.h"
#include "model/withheld.h"

namespace statewire {
namespace {

constexpr std::string_view kWords[] = {kDeclaredWord,  kReadWord,      kDroppedWord,
                                       kUnmanagedWord, kWithdrawnWord, kLostWord};

std::string_view text_in(simdjson::dom::object object, std::string_view key, Arena& arena) {
  std::string_view text;
  if (object.at_key(key).get_string().get(text)) return {};
  return copy_clean(arena, text, kPlaceBytesMax);
}

void append_items(simdjson::dom::array list, Arena& arena, std::string& out) {
  size_t count = 0;
  for (const simdjson::dom::element each : list) {
    simdjson::dom::object object;
    if (each.get_object().get(object)) continue;
    if (++count > kDeclaredItemsMax) return;
    bool is_part = false;
    if (object.at_key("part").get_bool().get(is_part)) is_part = false;
    uint64_t line = 0;
    const bool has_line = !object.at_key("line").get_uint64().get(line) && line != 0;
    const size_t size = out.size();
    append_item({.is_part = is_part,
                 .address = text_in(object, "address", arena),
                 .file = text_in(object, "file", arena),
                 .line = has_line ? arena.copy(std::to_string(line)) : std::string_view()},
                out);
    if (out.size() > kDeclaredBytesMax) return out.resize(size);
  }
}

}  // namespace

std::string_view read_declared(const EventView& view, Arena& arena, Observation& observation) {
  simdjson::dom::object detail;
  if (!view.detail || view.detail->get_object().get(detail)) return "no detail";
  std::string_view said;
  if (detail.at_key("word").get_string().get(said)) return "nothing in detail.word";
  const auto word = std::ranges::find(kWords, said);
  if (word == std::end(kWords)) return "no such word of an inventory";
  observation.value = *word;
  const DeclaredGroup group{.inventory = text_in(detail, "inventory", arena),
                            .tool = text_in(detail, "tool", arena),
                            .stack = text_in(detail, "stack", arena),
                            .via = text_in(detail, "via", arena),
                            .items = {}};
  const bool is_by_nobody = *word == kUnmanagedWord;
  if (is_by_nobody) return {};
  if (group.inventory.empty() || group.tool.empty()) return "no inventory, or no tool";
  std::string packed;
  append_header(group, packed);
  simdjson::dom::array items;
  const bool is_end = *word == kDroppedWord || *word == kWithdrawnWord;
  const bool has_items = !is_end && !detail.at_key("declared").get_array().get(items);
  if (has_items) append_items(items, arena, packed);
  if (!is_end && packed.find('\x1e') == packed.npos) return "nothing is declared";
  observation.declared = arena.copy(packed);
  return {};
}

}  // namespace statewire
