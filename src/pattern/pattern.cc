#include "pattern/pattern.h"

#include <algorithm>

#include "base/check.h"
#include "pattern/index.h"
#include "pattern/tree.h"

namespace statewire {

Pattern::Pattern(std::shared_ptr<const pattern::Tree> tree) : tree_(std::move(tree)) {}

std::variant<Pattern, PatternError> Pattern::compile(std::string_view json) {
  auto compiled = pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&compiled)) return std::move(*error);
  auto& tree = std::get<pattern::Tree>(compiled);
  return Pattern(std::make_shared<const pattern::Tree>(std::move(tree)));
}

Pattern Pattern::everything() { return Pattern(std::make_shared<const pattern::Tree>()); }

bool Pattern::matches(simdjson::dom::element event) const {
  simdjson::dom::object object;
  return !event.get_object().get(object) && pattern::holds(tree_->root, object);
}

std::optional<Mismatch> Pattern::explain(simdjson::dom::element event) const {
  simdjson::dom::object object;
  if (event.get_object().get(object)) {
    return Mismatch{.path = "",
                    .found = simdjson::minify(event),
                    .wanted = "an object",
                    .text = "the event is not an object"};
  }
  if (pattern::holds(tree_->root, object)) return std::nullopt;
  return pattern::explain(tree_->root, object);
}

const std::vector<std::string>& Pattern::fields() const { return tree_->fields; }

PatternSet::PatternSet() = default;
PatternSet::~PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;

void PatternSet::add(uint32_t id, Pattern pattern) {
  CHECK(!index_);
  entries_.push_back({id, std::move(pattern)});
}

void PatternSet::build() {
  CHECK(!index_);
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.id < b.id; });
  std::vector<const pattern::Conjunction*> roots;
  for (const Entry& entry : entries_) roots.push_back(&entry.pattern.tree_->root);
  index_ = std::make_unique<pattern::Index>(roots);
}

// `out` first holds positions of candidates, which give way to the ids of those that match:
// entries are sorted by id, so ascending positions are ascending ids.
void PatternSet::match(simdjson::dom::element event, std::vector<uint32_t>& out) const {
  CHECK(index_);
  out.clear();
  if (!event.is_object()) return;
  index_->collect(event, out);
  size_t matched = 0;
  for (const uint32_t candidate : out) {
    const Entry& entry = entries_[candidate];
    if (matched > 0 && out[matched - 1] == entry.id) continue;
    if (entry.pattern.matches(event)) out[matched++] = entry.id;
  }
  out.resize(matched);
}

}  // namespace statewire
