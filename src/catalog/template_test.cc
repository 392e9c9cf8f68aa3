#include "catalog/template.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "catalog/render.h"

namespace statewire {
namespace {

std::string rendered(const std::string& text, const std::string& event,
                     RenderOutcome wanted = RenderOutcome::done,
                     std::string_view region = "eu-west-1") {
  const Result<Template> parsed = parse_template(text);
  EXPECT_TRUE(parsed.ok()) << text;
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_FALSE(parser.parse(event).get(element));
  Arena arena;
  const EventView view = view_of(element, arena);
  RenderContext context;
  context.event = &view;
  context.account = "42";
  context.region = region;
  const Rendered result = render(*parsed, context, arena);
  EXPECT_EQ(result.outcome, wanted) << text;
  return std::string(result.text);
}

TEST(Template, text_stands_for_itself) { EXPECT_EQ(rendered("a b", "{}"), "a b"); }

TEST(Template, names_come_from_the_resource) {
  EXPECT_EQ(rendered("{partition}/{region}/{account}", "{}"), "aws/eu-west-1/42");
  for (const auto& [region, partition] :
       {std::pair("cn-north-1", "aws-cn"), std::pair("us-iso-east-1", "aws-iso"),
        std::pair("eusc-de-east-1", "aws-eusc"), std::pair("", "aws")}) {
    EXPECT_EQ(rendered("{partition}", "{}", RenderOutcome::done, region), partition);
  }
}

TEST(Template, paths_go_through_objects_and_arrays) {
  const std::string event = R"({"a-b":{"c":[{"d":"x"},"y"],"0":"zero"}})";
  EXPECT_EQ(rendered("{a-b.c.0.d}{a-b.c.1}{a-b.0}", event), "xyzero");
  rendered("{a-b.c.2}", event, RenderOutcome::absent);
  rendered("{a-b.c.x}", event, RenderOutcome::absent);
  rendered("{a-b.c}", event, RenderOutcome::not_scalar);
  rendered("{a-b.c.1.z}", event, RenderOutcome::absent);
}

TEST(Template, numbers_and_booleans_are_text) {
  EXPECT_EQ(rendered("{a},{b},{c},{d}", R"({"a":-7,"b":18446744073709551615,"c":0.5,"d":false})"),
            "-7,18446744073709551615,0.5,false");
}

TEST(Template, a_text_may_stand_instead_of_another) {
  const std::string event = R"({"a":"CLOUDFRONT","b":"REGIONAL"})";
  EXPECT_EQ(rendered("{a|instead:CLOUDFRONT=global|lower}", event), "global");
  EXPECT_EQ(rendered("{b|instead:CLOUDFRONT=global|lower}", event), "regional");
  EXPECT_FALSE(parse_template("{a|instead:CLOUDFRONT}").ok());
}

TEST(Template, each_of_a_text_may_be_swapped_for_a_shorter_one) {
  const std::string event = R"({"a":"Acme::Web::Site"})";
  EXPECT_EQ(rendered("type/{a|swap:::=-}", event), "type/Acme-Web-Site");
  EXPECT_EQ(rendered("{a|lower|swap:::=}", event), "acmewebsite");
  EXPECT_FALSE(parse_template("{a|swap:-=::}").ok());
  EXPECT_FALSE(parse_template("{a|swap:-}").ok());
}

TEST(Template, what_is_optional_may_be_nothing) {
  const std::string event = R"({"a":"shop","b":"left-pad","c":null})";
  EXPECT_EQ(rendered("{a}/{n|optional}/{b}", event), "shop//left-pad");
  EXPECT_EQ(rendered("{a}/{c|optional}/{b}", event), "shop//left-pad");
}

TEST(Template, null_and_empty_text_are_absent) {
  rendered("{a}", R"({"a":null})", RenderOutcome::absent);
  rendered("{a}", R"({"a":""})", RenderOutcome::absent);
}

TEST(Template, filters_take_a_part) {
  const std::string event = R"({"a":"One/Two/Three"})";
  EXPECT_EQ(rendered("{a|first:/}", event), "One");
  EXPECT_EQ(rendered("{a|until:/}", event), "One/Two");
  EXPECT_EQ(rendered("{a|after:/}", event), "Two/Three");
  EXPECT_EQ(rendered("{a|last:/}", event), "Three");
  EXPECT_EQ(rendered("{a|after:/|first:/|lower}!", event), "two!");
  EXPECT_EQ(rendered("{a|after::}", event), "One/Two/Three");
  EXPECT_EQ(rendered("X{a|first:/|lower}", event), "Xone");
  // Each filter sees what the one before it gave.
  EXPECT_EQ(rendered("{b|lower|after:x-}", R"({"b":"AX-Bx-C"})"), "bx-c");
  EXPECT_EQ(rendered("{b|lower|last:x-}", R"({"b":"Ax-BX-C"})"), "c");
  EXPECT_EQ(rendered("{b|lower|after:X-}", R"({"b":"AX-B"})"), "ax-b");
  EXPECT_EQ(rendered("{b|after:X-|lower}", R"({"b":"AX-B"})"), "b");
}

TEST(Template, filter_that_leaves_nothing_is_absent) {
  rendered("{a|last:/}", R"({"a":"x/"})", RenderOutcome::absent);
}

TEST(Template, more_than_the_limit_is_too_long) {
  const std::string event = R"({"a":")" + std::string(kEventTextBytesMax, 'x') + "\"}";
  EXPECT_EQ(rendered("{a}", event).size(), kEventTextBytesMax);
  rendered("{a}y", event, RenderOutcome::too_long);
  rendered("{a}{a}", event, RenderOutcome::too_long);
}

TEST(Template, what_is_no_template_is_refused) {
  for (const char* text : {"", "{", "a}", "{}", "{a..b}", "{a.}", "{ a}", "{a }", "{a|upper}",
                           "{a|last:}", "{a|last}", "{{a}}", "{|lower}"}) {
    EXPECT_FALSE(parse_template(text).ok()) << text;
  }
  EXPECT_TRUE(parse_template("{}", true).ok());
  EXPECT_TRUE(parse_template("{|lower}", true).ok());
}

TEST(Template, lone_dot_is_the_element_itself) {
  const Result<EventPath> path = parse_path(".");
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path->root, PathRoot::element);
  EXPECT_TRUE(path->steps.empty());
}

TEST(CleanText, replaces_control_characters_at_any_place) {
  for (size_t size = 1; size < 70; ++size) {
    for (size_t at = 0; at < size; ++at) {
      Arena arena;
      std::string text(size, 'a');
      text[at] = '\x1f';
      std::string wanted(size, 'a');
      wanted[at] = ' ';
      EXPECT_TRUE(has_control(text));
      EXPECT_EQ(copy_clean(arena, text), wanted);
      text.replace(at, 1, "\xe2\x80\xa9");
      EXPECT_EQ(copy_clean(arena, text), wanted);
      text.replace(at, 3, "\xc2\x9f");
      EXPECT_EQ(copy_clean(arena, text), wanted);
      text.replace(at, 2, "\xc3\xa9");
      EXPECT_FALSE(has_control(text));
      EXPECT_EQ(copy_clean(arena, text), text);
    }
  }
}

TEST(CleanText, cuts_between_characters) {
  Arena arena;
  EXPECT_EQ(copy_clean(arena, "ab\xc3\xa9", 3), "ab");
}

}  // namespace
}  // namespace statewire
