#include "ingest/rules.h"

#include <gtest/gtest.h>

#include <variant>

namespace statewire {
namespace {

TEST(Glob, a_star_stands_for_anything_also_slashes_and_nothing) {
  EXPECT_TRUE(matches_glob("arn:aws:sts::*:assumed-role/ci-*",
                           "arn:aws:sts::123456789012:assumed-role/ci-deployer/run/7"));
  EXPECT_FALSE(matches_glob("arn:aws:sts::*:assumed-role/ci-*",
                            "arn:aws:sts::123456789012:assumed-role/on-call/bob"));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a*", "a"));
  EXPECT_TRUE(matches_glob("*ab*ab", "abxabab"));
  EXPECT_FALSE(matches_glob("*ab*ab", "ab"));
  EXPECT_FALSE(matches_glob("", "a"));
  EXPECT_TRUE(matches_glob("", ""));
}

// An author of patterns cannot make matching slow.
TEST(Glob, many_stars_are_no_explosion) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches_glob(pattern + "b", std::string(2000, 'a')));
}

TEST(RuleBook, the_first_rule_that_matches_says_who_it_was) {
  const IngestRules rules{.actors = {{"arn:*:role/ci-*", CauseKind::deployment, ""},
                                     {"arn:*", CauseKind::human, "somebody"}}};
  RuleBook book(rules);
  Arena arena;
  std::vector<Observation> seen(2);
  seen[0].cause.actor = seen[1].cause.actor = "ci-1";
  book.name_actor("arn:aws:iam::1:role/ci-1", seen, arena);
  EXPECT_EQ(seen[1].cause.kind, CauseKind::deployment);
  EXPECT_EQ(seen[1].cause.actor, "ci-1");
  EXPECT_EQ(seen[1].cause.confidence, Confidence::certain);
  book.name_actor("arn:aws:iam::1:user/x", seen, arena);
  EXPECT_EQ(seen[0].cause.kind, CauseKind::human);
  EXPECT_EQ(seen[0].cause.actor, "somebody");
  book.name_actor("", seen, arena);
  EXPECT_EQ(seen[0].cause.kind, CauseKind::human);
}

TEST(RuleBook, ignores_by_what_is_known_of_the_resource) {
  IngestRules rules;
  for (const char* json : {R"({"resource":{"type":[{"prefix":"AWS::Logs::"}],"account":["1"]}})",
                           R"({"resource":{"region":["eu-north-1"]}})"}) {
    rules.ignored.push_back(std::get<Pattern>(Pattern::compile(json)));
  }
  RuleBook book(rules);
  Observation seen;
  seen.resource = {.id = "a\"b", .type = "AWS::Logs::LogGroup", .account = "1"};
  EXPECT_EQ(book.ignored_by(seen), 0);
  seen.resource.account = "2";
  EXPECT_EQ(book.ignored_by(seen), std::nullopt);
  seen.resource.region = "eu-north-1";
  EXPECT_EQ(book.ignored_by(seen), 1);
  seen.flags |= kSettle;
  EXPECT_EQ(book.ignored_by(seen), std::nullopt) << "time passes all the same";
}

}  // namespace
}  // namespace statewire
