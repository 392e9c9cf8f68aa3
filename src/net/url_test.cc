#include "net/url.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(Url, query_is_split_and_decoded) {
  const QueryParameters parameters = parse_query("a=1&b=x%20y+z&c&&d=p%3Dq&e=%zz%4");
  ASSERT_EQ(parameters.size(), 5u);
  EXPECT_EQ(*find_parameter(parameters, "a"), "1");
  EXPECT_EQ(*find_parameter(parameters, "b"), "x y z");
  EXPECT_EQ(*find_parameter(parameters, "c"), "");
  EXPECT_EQ(*find_parameter(parameters, "d"), "p=q");
  EXPECT_EQ(*find_parameter(parameters, "e"), "%zz%4");
  EXPECT_EQ(find_parameter(parameters, "f"), nullptr);
  EXPECT_TRUE(parse_query("").empty());
}

TEST(Url, encoded_slash_stays_inside_its_segment) {
  EXPECT_EQ(split_path("/api/v1//arn%3Aaws%3As3%3A%3A%3Ab%2Fc/"),
            (std::vector<std::string>{"api", "v1", "arn:aws:s3:::b/c"}));
  EXPECT_TRUE(split_path("/").empty());
}

TEST(Url, encoding_is_undone_by_decoding) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a/b c~"), "a%2Fb%20c~");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
}

TEST(Url, loopback_is_told_from_what_looks_like_it) {
  for (const char* yes :
       {"127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(yes)) << yes;
  }
  for (const char* no :
       {"0.0.0.0", "::", "128.0.0.1", "127.0.0.1.example.org", "", "localhost.example"}) {
    EXPECT_FALSE(is_loopback(no)) << no;
  }
}

}  // namespace
}  // namespace statewire
