#include "config/environment.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

std::optional<std::string> environment_variable(const std::string& name) {
  if (name == "NAME") return "value";
  if (name == "EMPTY") return "";
  if (name == "NESTED") return "${NAME}";
  if (name == "LATIN1") return "caf\xe9";
  return std::nullopt;
}

struct Expanded {
  std::string text;
  std::vector<std::string> errors;
};

Expanded expand(std::string_view text, const Environment& environment = environment_variable) {
  Expanded result;
  result.text = expand_variables(text, environment, result.errors);
  return result;
}

TEST(Environment, variables_are_replaced_wherever_they_stand) {
  EXPECT_EQ(expand("${NAME}").text, "value");
  EXPECT_EQ(expand("a-${NAME}-${NAME}b").text, "a-value-valueb");
  EXPECT_EQ(expand("plain $ and } and {").text, "plain $ and } and {");
  EXPECT_EQ(expand("").text, "");
}

TEST(Environment, defaults_stand_in_for_unset_and_empty) {
  EXPECT_EQ(expand("${NAME:-other}").text, "value");
  EXPECT_EQ(expand("${UNSET:-other}").text, "other");
  EXPECT_EQ(expand("${EMPTY:-other}").text, "other");
  EXPECT_EQ(expand("${UNSET:-}").text, "");
  EXPECT_EQ(expand("${EMPTY}").text, "");
  EXPECT_EQ(expand("${UNSET:-http://x:80/?a=b}").text, "http://x:80/?a=b");
}

TEST(Environment, doubled_dollar_escapes) {
  EXPECT_EQ(expand("$${NAME}").text, "${NAME}");
  EXPECT_EQ(expand("a $${ b ${NAME}").text, "a ${ b value");
  EXPECT_EQ(expand("$$ and $$NAME").text, "$$ and $$NAME");
}

TEST(Environment, what_a_variable_holds_is_not_expanded_again) {
  EXPECT_EQ(expand("${NESTED}").text, "${NAME}");
}

TEST(Environment, every_unset_variable_is_an_error) {
  const Expanded result = expand("${ONE}/${NAME}/${TWO}");
  EXPECT_EQ(result.text, "${ONE}/value/${TWO}");
  ASSERT_EQ(result.errors.size(), 2u);
  EXPECT_EQ(result.errors[0],
            "environment variable ONE is not set; ${ONE:-default} gives one that may "
            "be absent");
}

TEST(Environment, malformed_variables_are_errors) {
  for (const char* text : {"${}", "${a b}", "${1A}", "${a.b}", "${A-b}", "${UNSET:-${NAME}}",
                           "${NAME", "x ${", "${NAM\xc3\xa9}"}) {
    EXPECT_EQ(expand(text).errors.size(), 1u) << text;
  }
}

TEST(Environment, value_that_is_not_utf8_is_an_error_without_it) {
  const Expanded result = expand("${LATIN1}");
  EXPECT_EQ(result.errors,
            std::vector<std::string>{"environment variable LATIN1 is not valid UTF-8"});
}

TEST(Environment, without_one_text_stays_as_it_is) {
  const Expanded result = expand("${NAME} $${NAME} ${", Environment());
  EXPECT_EQ(result.text, "${NAME} $${NAME} ${");
  EXPECT_TRUE(result.errors.empty());
}

TEST(Environment, of_the_process_is_read) {
  EXPECT_TRUE(process_environment()("PATH").has_value());
  EXPECT_FALSE(process_environment()("STATEWIRE_SURELY_NOT_SET").has_value());
}

}  // namespace
}  // namespace statewire
