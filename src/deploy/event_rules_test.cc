#include "deploy/event_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "catalog/compiled.h"
#include "catalog/row_table.h"
#include "deploy/model_texts.h"
#include "deploy/template.h"

namespace statewire {
namespace {

const Catalog& built_in() {
  static const Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  CHECK(catalog.ok());
  return *catalog;
}

std::vector<EventRule> rules_of(std::vector<std::string> services) {
  Result<std::vector<EventRule>> rules = event_rules(built_in(), services);
  EXPECT_TRUE(rules.ok()) << (rules.ok() ? "" : rules.error().text);
  return rules.ok() ? *rules : std::vector<EventRule>();
}

TEST(EventRules, fit_into_the_quota_of_patterns) {
  const std::vector<EventRule> rules = rules_of({});
  ASSERT_GE(rules.size(), 2u);
  EXPECT_LE(rules.size(), 4u) << "a few broad ones";
  for (const EventRule& rule : rules) EXPECT_LE(rule.pattern.size(), kEventPatternBytesMax);
}

TEST(EventRules, name_each_source_of_native_events_once) {
  const std::vector<EventRule> rules = rules_of({});
  for (const NativeKind& kind : built_in().native_kinds()) {
    if (kind.is_ignored || !kind.source.starts_with("aws.")) continue;
    const std::string word = '"' + kind.source + '"';
    EXPECT_EQ(std::ranges::count_if(rules,
                                    [&](const EventRule& rule) {
                                      return rule.pattern.find(word) != std::string::npos;
                                    }),
              1)
        << kind.source;
  }
}

TEST(EventRules, leave_out_only_calls_that_tell_nothing_anywhere) {
  size_t known = 0;
  const auto look = [&](std::string_view call, EntryEffect effect, const std::string& place) {
    if (!std::ranges::count(costly_calls(), call)) return;
    ++known;
    EXPECT_EQ(effect, EntryEffect::ignore) << call << " " << place;
  };
  const CompiledCatalog& catalog = built_in().compiled();
  for (const EntrySpec& entry : catalog.spec.entries) {
    for (const CallSpec& call : entry.calls) look(call.name, entry.effect, entry.place);
  }
  for (uint32_t i = 0; i < catalog.rows->size(); ++i) {
    const CallRow& row = catalog.rows->row_of(i);
    const bool is_hidden =
        catalog.entries_of_call(catalog.rows->table_of(i).sources.front(), row.name) != nullptr;
    if (!is_hidden) look(row.name, row.effect, catalog.rows->table_of(i).file);
  }
  EXPECT_GE(known, costly_calls().size());
}

TEST(EventRules, leave_out_only_kinds_that_tell_nothing_anywhere) {
  std::set<std::string> known;
  for (const NativeKind& kind : built_in().native_kinds()) {
    if (!std::ranges::count(costly_types(), kind.detail_type)) continue;
    known.insert(kind.detail_type);
    EXPECT_TRUE(kind.is_ignored) << kind.source << " " << kind.detail_type;
  }
  EXPECT_EQ(known.size(), costly_types().size());
}

TEST(EventRules, of_some_services_are_about_these_alone) {
  const std::vector<EventRule> rules = rules_of({"ec2", "iam"});
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_TRUE(rules[0].pattern.find(R"("eventSource":["ec2.amazonaws.com","iam.amazonaws.com"])") !=
              std::string::npos);
  EXPECT_TRUE(rules[1].pattern.starts_with(R"({"source":["aws.ec2"],)"));
  EXPECT_EQ(rules_of({"iam"}).size(), 1u);
}

TEST(EventRules, of_a_service_that_nobody_knows_are_refused_with_the_nearest) {
  const std::vector<std::string> services = {"ec3"};
  const Result<std::vector<EventRule>> rules = event_rules(built_in(), services);
  ASSERT_FALSE(rules.ok());
  EXPECT_TRUE(rules.error().text.find("did you mean \"ec2\"?") != std::string::npos)
      << rules.error().text;
}

TEST(Template, has_each_part_once_for_each_rule_and_keeps_what_is_quoted) {
  const std::vector<EventRule> rules = {
      {.name = "one", .about = "first", .pattern = R"({"source":["aws.ec2"]})"},
      {.name = "two", .about = "second", .pattern = R"({"a":[false,{"exists":true}]})"}};
  EXPECT_EQ(cloudformation_template(R"(Resources:
  "{Rule}Rule":
    "#": Why.
    Name: {"Fn::Sub": "x-{rule}"}
    About: "{about}"
    Pattern: "{pattern}"
    Date: "2012-10-17"
    Days: 14
)",
                                    rules, "Head."),
            R"(# Head.
Resources:
  OneRule:  # Why.
    Name: {Fn::Sub: "x-one"}
    About: "first"
    Pattern:
      source:
        - "aws.ec2"
    Date: "2012-10-17"
    Days: 14
  TwoRule:  # Why.
    Name: {Fn::Sub: "x-two"}
    About: "second"
    Pattern:
      a:
        - false
        - exists: true
    Date: "2012-10-17"
    Days: 14
)");
}

TEST(Template, of_hub_and_spoke_leaves_no_placeholder) {
  for (const std::string_view model : {hub_model(), spoke_model()}) {
    const std::string text = cloudformation_template(model, rules_of({}), "Made.");
    for (const char* word : {"{Rule}", "{rule}", "{about}", "{pattern}"}) {
      EXPECT_EQ(text.find(word), std::string::npos) << word;
    }
  }
}

}  // namespace
}  // namespace statewire
