#include "net/url.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(Url, is_cut_where_the_client_cuts_it) {
  struct Row {
    const char* text;
    const char* origin;
    const char* host;
    const char* path = "/";
    const char* query = "";
    const char* user_info = ":";
  };
  for (const Row& row : {
           Row{"https://host", "https://host", "host"},
           Row{"https://Host.Example:443/A/../b", "https://host.example", "host.example",
               "/A/../b"},
           Row{"HTTP://HOST:8080/", "http://host:8080", "host"},
           Row{"http://host:80", "http://host", "host"},
           Row{"http://host:443", "http://host:443", "host"},
           Row{"https://host?x=/@:y", "https://host", "host", "/", "x=/@:y"},
           Row{"https://host#a?b", "https://host", "host"},
           Row{"https://host:8/a%2Fb?c#d", "https://host:8", "host", "/a%2Fb", "c"},
           Row{"https://u%40:p%3A@host/", "https://host", "host", "/", "", "u%40:p%3A"},
           Row{"https://u@host:8/", "https://host:8", "host", "/", "", "u:"},
           Row{"https://host/@other:9/", "https://host", "host", "/@other:9/"},
           Row{"https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443", "[2001:db8::1]", "/x"},
           Row{"http://u:p@[::1]", "http://[::1]", "[::1]", "/", "", "u:p"},
           Row{"https://a\\@b/", "https://b", "b", "/", "", "a\\:"},
           Row{"http://[::1]?x:y", "http://[::1]", "[::1]", "/", "x:y"},
       }) {
    const Result<Url> url = parse_url(row.text);
    ASSERT_TRUE(url.ok()) << row.text;
    EXPECT_EQ(url->origin(), row.origin) << row.text;
    EXPECT_EQ(url->host, row.host) << row.text;
    EXPECT_EQ(url->path, row.path) << row.text;
    EXPECT_EQ(url->query, row.query) << row.text;
    EXPECT_EQ(url->user + ":" + url->password, row.user_info) << row.text;
  }
}

TEST(Url, of_no_host_is_none) {
  for (const char* wrong :
       {"", "host", "host/x://y", "://host", "https:", "https://", "https:///x", "https:/host",
        "https://?x", "https://u:p@/x", "ftp://host/", "https://a b/", "https://a\r\nb/",
        "https://host/a b", "https://a\\b/", "https://[::1", "https://host:port/"}) {
    EXPECT_FALSE(parse_url(wrong).ok()) << wrong;
  }
}

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
