// Cases made of the examples of the built-in catalog: each call, each detail-type and each native
// state that an entry names is put into an example of the entry, and must come out as it says.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/json_writer.h"
#include "catalog/compiled.h"
#include "catalog/examples.h"
#include "catalog/recogniser.h"
#include "config/read_file.h"

namespace statewire {
namespace {

using simdjson::dom::element;

const std::string kSources = SOURCE_DIR;

// What stands at a path; a text.
using Replacements = std::map<std::string, std::string>;

void copy_with(element value, const std::string& path, const Replacements& other, JsonWriter& out) {
  const auto replaced = other.find(path);
  simdjson::dom::object fields;
  simdjson::dom::array items;
  if (replaced != other.end()) {
    out.text(replaced->second);
  } else if (!value.get_object().get(fields)) {
    out.begin_object();
    for (const auto field : fields) {
      const std::string key(field.key);
      out.key_text(key);
      copy_with(field.value, path.empty() ? key : path + "." + key, other, out);
    }
    out.end_object();
  } else if (!value.get_array().get(items)) {
    out.begin_array();
    size_t index = 0;
    for (const element item : items) {
      copy_with(item, path + "." + std::to_string(index++), other, out);
    }
    out.end_array();
  } else {
    out.raw(std::string(simdjson::minify(value)));
  }
}

// An example of an entry, and what came of an event like it.
class Case {
 public:
  Case(const Catalog& catalog, const CompiledEntry& entry, const CatalogExample& example)
      : entry_(entry), recogniser_(catalog) {
    text_ = example.event_json;
    if (!example.event_file.empty()) {
      text_ = read_file(kSources + "/" + example.event_file, 1 << 20).value();
    }
    EXPECT_FALSE(parser_.parse(text_).get(event_)) << entry.spec->place;
    is_bare_ = event_["detail"].error() != simdjson::SUCCESS;
  }

  bool has(const std::string& path) const {
    element at = event_;
    for (size_t from = 0; from <= path.size();) {
      const size_t end = std::min(path.find('.', from), path.size());
      if (at[path.substr(from, end - from)].get(at)) return false;
      from = end + 1;
    }
    return true;
  }
  std::string path_of_record(const std::string& key) const {
    return is_bare_ ? key : "detail." + key;
  }

  void recognise(const Replacements& other) {
    const std::string event =
        json_of([&](JsonWriter& json) { copy_with(event_, "", other, json); });
    simdjson::dom::parser parser;
    element parsed;
    ASSERT_FALSE(parser.parse(event).get(parsed)) << event;
    observed_.clear();
    recognition_ = recogniser_.recognise(parsed, event, *parse_time("2200-01-01T00:00:00Z"), arena_,
                                         observed_);
    EXPECT_EQ(recognition_.entry_place, entry_.spec->place) << event;
    const bool is_ignored = entry_.spec->effect == EntryEffect::ignore;
    EXPECT_EQ(recognition_.fate, is_ignored ? Fate::ignored : Fate::recognised)
        << recognition_.reason << ": " << event;
  }
  // As the row of phases says; of a type from the event it may be no more than a cause.
  void expect_row(const PhaseRow& row) const {
    for (const Observation& each : observed_) {
      if (each.effect != Effect::state) continue;
      EXPECT_EQ(each.phase, row.phase) << entry_.spec->place << " " << row.word;
      EXPECT_EQ(each.value, row.value.empty() ? row.word : row.value) << entry_.spec->place;
    }
  }

 private:
  const CompiledEntry& entry_;
  Recogniser recogniser_;
  std::string text_;
  simdjson::dom::parser parser_;
  element event_;
  bool is_bare_ = false;
  Arena arena_;
  std::vector<Observation> observed_;
  Recognition recognition_;
};

// The detail-types that a pattern names one by one.
std::vector<std::string> detail_types_of(const EntrySpec& spec) {
  std::vector<std::string> types;
  simdjson::dom::parser parser;
  element when;
  simdjson::dom::array items;
  if (spec.when.empty() || parser.parse(spec.when).get(when)) return types;
  if (when["detail-type"].get_array().get(items)) return types;
  for (const element item : items) {
    std::string_view text;
    if (!item.get_string().get(text)) types.emplace_back(text);
  }
  return types;
}

const PhaseRow* row_of(const EntrySpec& spec, std::string_view word) {
  const auto row = std::ranges::find_if(spec.phases, [&](const auto& r) { return r.word == word; });
  return row == spec.phases.end() ? nullptr : &*row;
}

// The path of the field that a state is read of, where it is that field as it is.
std::string state_path(const CompiledEntry& entry, const Case& example) {
  for (const Template& text : entry.states) {
    const bool is_field = text.parts.size() == 1 && text.parts[0].literal.empty() &&
                          text.parts[0].has_slot && text.parts[0].slot == Slot::path &&
                          text.parts[0].filters.empty() && text.table.empty();
    if (is_field && example.has(text.parts[0].path.text)) return text.parts[0].path.text;
  }
  return {};
}

bool is_state_the_call(const CompiledEntry& entry) {
  return entry.states.size() == 1 && entry.states[0].text == "{call}";
}

struct Example {
  const CompiledEntry* entry = nullptr;
  const CatalogExample* example = nullptr;
};

class CatalogCases : public testing::Test {
 protected:
  CatalogCases() : catalog_(Catalog::from_compiled(compiled_catalog_bytes()).value()) {
    Problems problems;
    examples_ = load_examples(kSources + "/catalog", "catalog", problems);
    for (const CompiledEntry& entry : catalog_.compiled().entries) {
      for (const CatalogExample& example : examples_) {
        if (example.entry_place == entry.spec->place) all_.push_back({&entry, &example});
      }
    }
  }

  // The first example of each entry will do.
  template <typename Visit>
  void for_each_entry(const Visit& visit) {
    const CompiledEntry* before = nullptr;
    for (const Example& each : all_) {
      if (each.entry == before) continue;
      before = each.entry;
      Case example(catalog_, *each.entry, *each.example);
      visit(*each.entry, example);
    }
  }

  Catalog catalog_;
  std::vector<CatalogExample> examples_;
  std::vector<Example> all_;
};

TEST_F(CatalogCases, each_call_of_an_entry_is_recognised) {
  size_t calls = 0;
  for_each_entry([&](const CompiledEntry& entry, Case& example) {
    for (const CallSpec& call : entry.spec->calls) {
      example.recognise({{example.path_of_record("eventSource"), call.source},
                         {example.path_of_record("eventName"), call.name}});
      const PhaseRow* row = row_of(*entry.spec, call.name);
      if (row != nullptr && is_state_the_call(entry)) example.expect_row(*row);
      ++calls;
    }
  });
  EXPECT_GT(calls, 500u);
}

TEST_F(CatalogCases, each_detail_type_of_an_entry_is_recognised) {
  size_t types = 0;
  for_each_entry([&](const CompiledEntry& entry, Case& example) {
    for (const std::string& type : detail_types_of(*entry.spec)) {
      if (!example.has("detail-type")) continue;
      example.recognise({{"detail-type", type}});
      ++types;
    }
  });
  EXPECT_GT(types, 500u);
}

TEST_F(CatalogCases, each_state_of_an_entry_means_what_its_row_says) {
  size_t rows = 0;
  for_each_entry([&](const CompiledEntry& entry, Case& example) {
    const std::string path = state_path(entry, example);
    if (path.empty()) return;
    for (const PhaseRow& row : entry.spec->phases) {
      example.recognise({{path, row.word}});
      example.expect_row(row);
      ++rows;
    }
  });
  EXPECT_GT(rows, 500u);
}

}  // namespace
}  // namespace statewire
