#include "cli/list.h"

#include <gtest/gtest.h>

#include "cli/terminal_for_test.h"

namespace statewire {
namespace {

constexpr ListColumn kColumns[] = {
    {.title = "phase", .path = "phase"},
    {.title = "who",
     .path = "cause.actor",
     .show = [](JsonElement item) { return Cell{"<" + text_at(item, "cause.actor") + ">"}; }},
    {.title = "tool", .path = "cause.tool", .is_for_csv = true},
};
constexpr std::string_view kItems =
    R"([{"phase":"stable","cause":{"actor":"alice","tool":"aws-cli"}},{"phase":"gone","cause":{}}])";

std::string listed(OutputForm form, std::string_view json) {
  RecordedTerminal recorded;
  const Result<Reply> reply = Reply::parse(json);
  EXPECT_TRUE(reply.ok());
  ListWriter list(recorded.terminal(), form, kColumns);
  list.add(items_at(reply->root(), ""));
  const bool is_empty = items_at(reply->root(), "").empty();
  EXPECT_EQ(list.finish({.noun = "thing", .if_empty = "nothing"}),
            is_empty ? ExitCode::failed : ExitCode::well);
  return recorded.out() + recorded.err();
}

TEST(List, table_shows_fields_as_people_read_them) {
  EXPECT_EQ(listed(OutputForm::table, kItems),
            "phase   who\n"
            "stable  <alice>\n"
            "gone    <>\n");
}

TEST(List, csv_has_fields_as_they_are_under_their_paths) {
  EXPECT_EQ(listed(OutputForm::csv, kItems),
            "phase,cause.actor,cause.tool\nstable,alice,aws-cli\ngone,,\n");
}

TEST(List, json_is_an_array_also_where_there_is_nothing) {
  EXPECT_EQ(listed(OutputForm::json, "[]"), "[]\n");
  const Result<Reply> reply = Reply::parse(listed(OutputForm::json, kItems));
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(items_at(reply->root(), "").size(), 2u);
}

TEST(List, csv_has_its_names_also_where_there_is_nothing) {
  EXPECT_EQ(listed(OutputForm::csv, "[]"), "phase,cause.actor,cause.tool\n");
}

TEST(List, an_empty_table_says_so) { EXPECT_EQ(listed(OutputForm::table, "[]"), "nothing\n"); }

TEST(List, a_cause_is_told_with_its_actor) {
  const Result<Reply> reply =
      Reply::parse(R"({"kind":"human","actor":"alice","confidence":"likely"})");
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(cause_text(reply->root()), "human alice (likely)");
}

TEST(Reply, elements_survive_a_move) {
  Result<Reply> first = Reply::parse(R"({"a":{"b":7,"c":true}})");
  ASSERT_TRUE(first.ok());
  const Reply second = *std::move(first);
  EXPECT_EQ(number_at(second.root(), "a.b"), 7u);
  EXPECT_EQ(text_at(second.root(), "a.b"), "7");
  EXPECT_TRUE(is_true_at(second.root(), "a.c"));
  EXPECT_EQ(text_at(second.root(), "a.x"), "");
}

constexpr ListColumn kMoments[] = {
    {.title = "parked", .path = "parked", .fit = Fit::moment},
    {.title = "reason", .path = "reason", .fit = Fit::end, .spare = 1},
};

std::string seen(ListLook look, const ListEnd& end) {
  RecordedTerminal recorded({}, false, 20);
  const Result<Reply> reply = Reply::parse(
      R"([{"parked":"2026-11-20 09","reason":"a"},{"parked":"2026-11-21 09","reason":"b"}])");
  ListWriter list(recorded.terminal(), look, kMoments);
  list.add(items_at(reply->root(), ""));
  EXPECT_EQ(list.finish(end), ExitCode::well);
  return recorded.out() + recorded.err();
}

TEST(List, a_person_sees_the_newest_first_and_how_many_there_are) {
  EXPECT_EQ(seen({.newest_by = "parked"}, {.noun = "delivery"}),
            "parked         reas…\n"
            "2026-11-21 09  b\n"
            "2026-11-20 09  a\n"
            "2 deliveries\n");
}

TEST(List, a_person_is_told_what_is_not_shown) {
  EXPECT_EQ(seen({}, {.noun = "row", .total = 1000}),
            "parked         reas…\n"
            "2026-11-20 09  a\n"
            "2026-11-21 09  b\n"
            "the newest 2 of 1,000 rows; -n says how many\n");
}

}  // namespace
}  // namespace statewire
