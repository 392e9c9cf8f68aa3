#include "api/answers.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(Answers, each_kind_of_error_has_an_owner) {
  EXPECT_EQ(response_of(bad_input("x")).status, 400);
  EXPECT_EQ(response_of(not_found("x")).status, 404);
  EXPECT_EQ(response_of(unavailable("x")).status, 503);
  EXPECT_EQ(response_of(failed("x")).status, 503);
  const HttpServerResponse damage = response_of(damaged("x"));
  EXPECT_EQ(damage.status, 500);
  EXPECT_EQ(damage.body, R"({"kind":"damaged","error":"x"})");
}

}  // namespace
}  // namespace statewire
