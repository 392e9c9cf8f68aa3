#include "route/when_words.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace statewire {
namespace {

TEST(WhenWords, say_each_clause) {
  EXPECT_EQ(words_of_when(R"({"state":{"phase":["degraded","gone"]},)"
                          R"("cause":{"kind":[{"anything-but":["deployment","schedule"]}]}})"),
            "state.phase is degraded or gone, cause.kind is not deployment or schedule");
  EXPECT_EQ(words_of_when(R"({"severitynumber":[{"numeric":[">",9]}],"state":{"settled":[true]}})"),
            R"(severitynumber is {"numeric":[">",9]}, state.settled is true)");
  EXPECT_EQ(words_of_when(R"({"resource":{"id":[{"prefix":"arn:"},{"wildcard":"a*b"}],)"
                          R"("tags":{"team":[{"exists":false}],"x":[""]}}})"),
            "resource.id is arn:… or like a*b, resource.tags.team is not known, "
            "resource.tags.x is empty");
  EXPECT_EQ(words_of_when(R"({"resource":{"type":[{"anything-but":{"prefix":"AWS::Logs::"}}]}})"),
            "resource.type is not AWS::Logs::…");
  EXPECT_EQ(words_of_when(R"({"$or":[{"drift":["x"]},{"state":{"phase":["gone"]}}]})"),
            "either drift is x, or state.phase is gone");
}

TEST(WhenWords, everything_needs_none) {
  EXPECT_EQ(words_of_when(""), "");
  EXPECT_EQ(words_of_when("not JSON"), "");
}

TEST(WhenWords, are_bounded) {
  const std::string words = words_of_when(R"({"message":[")" + std::string(5000, 'x') + R"("]})");
  EXPECT_LE(words.size(), kWhenWordsBytesMax);
  EXPECT_TRUE(words.ends_with("…"));
}

}  // namespace
}  // namespace statewire
