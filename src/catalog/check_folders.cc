#include "catalog/check_folders.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "catalog/compiled.h"
#include "catalog/examples.h"

namespace statewire {
namespace {

// "my/ec2.yaml:3"
Problem problem_at(std::string_view place, std::string text) {
  Problem problem{.text = std::move(text)};
  const size_t colon = std::min(place.rfind(':'), place.size());
  problem.file = place.substr(0, colon);
  const std::string_view line = place.substr(std::min(colon + 1, place.size()));
  std::from_chars(line.data(), line.data() + line.size(), problem.line);
  return problem;
}

void run_examples(const Catalog& catalog, const std::string& folder, Problems& problems) {
  for (const CatalogExample& example : load_examples(folder, folder, problems)) {
    const Result<void> checked = check_example(catalog, example, folder);
    if (checked) continue;
    const std::string& place =
        example.entry_place.empty() ? example.rule_place : example.entry_place;
    problems.add(problem_at(place, "an example does not hold: " + checked.error().text));
  }
}

// Which entry knows what first.
class Known {
 public:
  // The place of an earlier entry that knows all that this one does; empty where none does.
  std::string take(const EntrySpec& entry) {
    if (!entry.when.empty()) return take_key(entry.when, entry.place);
    std::string hides;
    bool is_hidden = !entry.calls.empty();
    for (const CallSpec& call : entry.calls) {
      const std::string other = take_key(call.source + " " + call.name, entry.place);
      is_hidden = is_hidden && !other.empty();
      if (hides.empty()) hides = other;
    }
    return is_hidden ? hides : std::string();
  }

 private:
  std::string take_key(const std::string& key, const std::string& place) {
    const auto [at, is_new] = places_.try_emplace(key, place);
    return is_new ? std::string() : at->second;
  }

  std::map<std::string, std::string> places_;
};

bool is_in(std::string_view place, std::span<const std::string> folders) {
  return std::ranges::any_of(folders,
                             [&](const std::string& folder) { return place.starts_with(folder); });
}

}  // namespace

void check_folders(const Catalog& catalog, std::span<const std::string> folders,
                   Problems& problems) {
  Known known;
  for (const EntrySpec& entry : catalog.compiled().spec.entries) {
    if (!is_in(entry.place, folders)) continue;
    const std::string other = known.take(entry);
    if (other.empty()) continue;
    Problem problem = problem_at(entry.place, "\"" + entry.name + "\" is never asked: " + other +
                                                  " knows the same events, and stands before it");
    problem.severity = Severity::warning;
    problems.add(std::move(problem));
  }
  for (const std::string& folder : folders) run_examples(catalog, folder, problems);
}

}  // namespace statewire
