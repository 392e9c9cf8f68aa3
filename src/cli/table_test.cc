#include "cli/table.h"

#include <gtest/gtest.h>

#include "cli/terminal_for_test.h"

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

TEST(Table, csv_quotes_what_must_be_quoted) {
  Table table = two_columns();
  table.add({{"say \"hi\", all"}, {"2"}});
  EXPECT_EQ(table.take_csv(),
            "name,n\n"
            "\"say \"\"hi\"\", all\",2\n");
}

}  // namespace
}  // namespace statewire
