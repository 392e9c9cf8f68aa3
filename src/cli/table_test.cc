#include "cli/table.h"

#include <gtest/gtest.h>

#include "cli/terminal_for_test.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

Table two_columns() {
  return Table({{.title = "name"}, {.title = "count", .align = Align::right, .name = "n"}});
}

TEST(Table, numbers_are_right_aligned) {
  RecordedTerminal recorded;
  Table table = two_columns();
  table.add({{"a"}, {"7"}});
  table.add({{"longer"}, {"1234567"}});
  EXPECT_EQ(table.take_text(recorded.terminal()),
            "name      count\n"
            "a             7\n"
            "longer  1234567\n");
}

TEST(Table, columns_align_by_what_a_terminal_shows) {
  RecordedTerminal recorded;
  Table table = two_columns();
  table.add({{"zürich"}, {"1"}});
  table.add({{"東京"}, {"2"}});
  table.add({{"geneva"}, {"3"}});
  EXPECT_EQ(table.take_text(recorded.terminal()),
            "name    count\n"
            "zürich      1\n"
            "東京        2\n"
            "geneva      3\n");
}

TEST(Table, no_line_ends_with_spaces) {
  RecordedTerminal recorded;
  Table table({{.title = "name"}, {.title = "reason"}, {.title = "", .gap = 3}});
  table.add({{"a"}, {""}, {""}});
  table.add({{"b"}, {"because"}, {"adds up"}});
  EXPECT_EQ(table.take_text(recorded.terminal()),
            "name  reason\n"
            "a\n"
            "b     because   adds up\n");
}

TEST(Table, titles_stand_once) {
  RecordedTerminal recorded;
  Table table = two_columns();
  table.add({{"a"}, {"1"}});
  (void)table.take_text(recorded.terminal());
  table.add({{"b"}, {"2"}});
  EXPECT_EQ(table.take_text(recorded.terminal()), "b         2\n");
}

TEST(Table, a_text_cannot_steer_the_terminal) {
  RecordedTerminal recorded;
  Table table({{.title = "x"}});
  table.add({{"a\x1b[2Jb\nc"}});
  EXPECT_EQ(table.take_text(recorded.terminal()), "x\na [2Jb c\n");
}

TEST(Table, colour_takes_no_room) {
  RecordedTerminal recorded({}, true);
  Table table({{.title = "a"}, {.title = "b"}});
  table.add({{"x", Tint::bad}, {"y"}});
  EXPECT_EQ(table.take_text(recorded.terminal()),
            "\x1b[1ma\x1b[0m  \x1b[1mb\x1b[0m\n"
            "\x1b[31mx\x1b[0m  y\n");
}

Table narrow(size_t room) {
  return Table({{.title = "time", .fit = Fit::moment},
                {.title = "type", .fit = Fit::start, .spare = 1},
                {.title = "received", .align = Align::right},
                {.title = "late", .align = Align::right},
                {.title = "id", .fit = Fit::middle}},
               {.room = room, .today = "2026-11-23"});
}

std::string drawn(size_t room, std::string_view time) {
  RecordedTerminal recorded;
  Table table = narrow(room);
  table.add({{std::string(time)},
             {"AWS::EC2::Instance"},
             {"17"},
             {"0"},
             {"arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001"}});
  return table.take_text(recorded.terminal());
}

TEST(Table, lines_fit_the_room_whatever_it_is) {
  for (size_t room = 60; room <= 140; ++room) {
    std::string text = drawn(room, "2026-11-20 09:05:58");
    while (!text.empty()) {
      const size_t end = text.find('\n');
      EXPECT_LE(display_width(text.substr(0, end)), room) << text;
      text.erase(0, end + 1);
    }
  }
}

TEST(Table, ids_are_shortened_in_the_middle_and_types_at_the_start) {
  EXPECT_EQ(drawn(80, "2026-11-20 09:05:58"),
            "time                 type                received  id\n"
            "2026-11-20 09:05:58  AWS::EC2::Instance        17  arn:aws:e…i-0a1b2c3d4e5f60001\n");
  const std::string narrower = drawn(63, "2026-11-20 09:05:58");
  EXPECT_NE(narrower.find("2026-11-20 09:05  …"), std::string::npos) << narrower;
  EXPECT_NE(narrower.find("::Instance "), std::string::npos) << narrower;
}

TEST(Table, what_counts_nothing_goes_first_and_then_what_is_spare) {
  RecordedTerminal recorded;
  Table table = narrow(50);
  table.add({{"2026-11-20 09:05:58"},
             {"AWS::EC2::Instance"},
             {"17"},
             {"0"},
             {"a-rather-long-id-of-something"}});
  EXPECT_EQ(table.take_text(recorded.terminal()).substr(0, 4), "time");
  EXPECT_EQ(table.left_out(), (std::vector<std::string_view>{"type", "late"}));
}

TEST(Table, dates_are_shown_where_not_all_is_of_today) {
  EXPECT_EQ(drawn(140, "2026-11-23 09:05:58").find("2026"), std::string::npos);
  EXPECT_NE(drawn(140, "2026-11-22 09:05:58").find("2026-11-22 09:05:58"), std::string::npos);
  EXPECT_NE(drawn(0, "2026-11-23 09:05:58").find("2026-11-23 09:05:58"), std::string::npos);
}

TEST(Table, csv_quotes_what_must_be_quoted) {
  Table table = two_columns();
  table.add({{"say \"hi\", all"}, {"2"}});
  EXPECT_EQ(table.take_csv(),
            "name,n\n"
            "\"say \"\"hi\"\", all\",2\n");
}

}  // namespace
}  // namespace statewire
