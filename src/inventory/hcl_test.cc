#include "inventory/hcl.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace statewire {
namespace {

// "resource aws_s3_bucket logs:3"
std::string text_of(const HclBlock& block) {
  std::string text = block.kind;
  for (const std::string& label : block.labels) text += " " + label;
  text += ":" + std::to_string(block.line);
  return block.source.empty() ? text : text + " from " + block.source;
}

std::vector<std::string> scan(std::string_view text) {
  std::vector<std::string> all;
  for (const HclBlock& block : scan_hcl(text)) all.push_back(text_of(block));
  return all;
}
using Texts = std::vector<std::string>;

TEST(HclTest, finds_blocks_and_where_they_begin) {
  EXPECT_EQ(scan("resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"logs\"\n}\n\n"
                 "  resource aws_sqs_queue jobs {}\nlocals {\n}\n"),
            (Texts{"resource aws_s3_bucket logs:1", "resource aws_sqs_queue jobs:5", "locals:6"}));
}

TEST(HclTest, blocks_inside_of_others_are_passed_over) {
  EXPECT_EQ(scan("resource \"a\" \"b\" {\n  lifecycle {\n    ignore = [x, y]\n  }\n"
                 "  dynamic \"rule\" { content { a = { b = 1 } } }\n}\nresource \"c\" \"d\" {\n}"),
            (Texts{"resource a b:1", "resource c d:7"}));
}

TEST(HclTest, comments_strings_and_heredocs_hide_what_they_hold) {
  EXPECT_EQ(
      scan("# resource \"no\" \"a\" {\n// resource \"no\" \"b\" {\n/* resource \"no\" \"c\" {\n*/\n"
           "resource \"yes\" \"one\" {\n  text = \"}\\\" resource \\\"no\\\" {\"\n"
           "  made = \"${join(\"}\", { a = \"${b}\" })} %{ if x }}\"\n"
           "  plain = \"$${not}\"\n"
           "  doc = <<-EOT\n    }\n    resource \"no\" \"d\" {\n    EOT\n"
           "}\nresource \"yes\" \"two\" {\n}\n"),
      (Texts{"resource yes one:5", "resource yes two:14"}));
}

TEST(HclTest, a_module_says_where_it_comes_from) {
  EXPECT_EQ(scan("module \"db\" {\n  source = \"./db\"  # beside\n  name = \"x\"\n}\n"
                 "module \"net\" { source = \"../net\" }\n"
                 "module \"odd\" {\n  source = var.where\n  other = { source = \"./no\" }\n}\n"),
            (Texts{"module db:1 from ./db", "module net:5 from ../net", "module odd:6"}));
}

TEST(HclTest, an_attribute_is_no_block) {
  EXPECT_EQ(scan("tags = {\n  a = 1\n}\nfoo(bar) {\n}\nresource \"a\" \"b\" {\n}\n"),
            (Texts{"resource a b:6"}));
}

TEST(HclTest, any_bytes_come_to_an_end) {
  for (const std::string_view text : {"\"", "<<", "<<EOT", "<<EOT\n", "${", "/*", "{{{", "}}}",
                                      "\"${\"${\"", "a \"b\" {", "\0\xff\\"}) {
    scan_hcl(text);
  }
  const std::string deep(100'000, '{');
  EXPECT_TRUE(scan_hcl(deep).empty());
}

}  // namespace
}  // namespace statewire
