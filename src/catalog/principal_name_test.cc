#include "catalog/principal_name.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(PrincipalName, says_kind_and_name_and_the_account_where_it_is_another) {
  const auto name = [](std::string_view principal) {
    return name_of_principal(principal, "123456789012");
  };
  EXPECT_EQ(name("arn:aws:iam::123456789012:role/auditors"), "role auditors");
  EXPECT_EQ(name("arn:aws:iam::123456789012:role/team/shop/auditors"), "role auditors");
  EXPECT_EQ(name("arn:aws:iam::210987654321:user/bob"), "user bob of account 210987654321");
  EXPECT_EQ(name("arn:aws:sts::123456789012:assumed-role/deploy/i-0a1b"), "role deploy");
  EXPECT_EQ(name("arn:aws-cn:iam::210987654321:root"), "account 210987654321");
  EXPECT_EQ(name("210987654321"), "account 210987654321");
  EXPECT_EQ(name("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
            "CloudFront Origin Access Identity E1");
  EXPECT_EQ(name("AROAEXAMPLE"), "AROAEXAMPLE") << "the role is gone";
  EXPECT_EQ(name("arn:aws:iam::123456789012"), "arn:aws:iam::123456789012");
}

TEST(PrincipalName, of_a_statement_each_is_named_but_everyone) {
  simdjson::dom::parser parser;
  const auto names = [&](std::string_view statement) {
    const simdjson::padded_string bytes(statement);
    std::string text;
    for (const std::string& each : principals_in(parser.parse(bytes).value(), "1")) {
      text += each + "; ";
    }
    return text;
  };
  EXPECT_EQ(names(R"({"Principal":{"AWS":["210987654321","*","AROA1"]}})"),
            "account 210987654321; AROA1; ");
  EXPECT_EQ(names(R"({"Principal":{"AWS":"AROA1"}})"), "AROA1; ");
  EXPECT_EQ(names(R"({"Principal":"*"})"), "");
  EXPECT_EQ(names(R"({"Principal":{"Service":"s3.amazonaws.com"}})"), "");
  EXPECT_EQ(names(R"("text")"), "");
}

}  // namespace
}  // namespace statewire
