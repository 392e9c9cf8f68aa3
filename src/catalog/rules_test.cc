#include "catalog/rules.h"

#include <gtest/gtest.h>

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

// A catalog of one call, and what `rules` say of it.
std::string catalog(const std::string& rules) {
  return "entries:\n"
         "  - name: x\n"
         "    call: a.amazonaws.com ModifyX\n"
         "    resource: {type: T, id: \"{detail.requestParameters.x}\"}\n"
         "    effect: configure\n"
         "rules:\n" +
         rules;
}

std::string event(const std::string& parameters, const std::string& rest = "") {
  return R"({"eventVersion":"1.08","eventSource":"a.amazonaws.com","eventName":"ModifyX",)"
         R"("eventTime":"2026-11-23T09:00:00Z",)" +
         rest + R"("requestParameters":{"x":"arn:1",)" + parameters + "}}";
}

TEST(Rules, the_first_that_is_met_says_how_severe_it_is_and_in_which_words) {
  const std::string yaml = catalog(
      "  - {name: a, call: a.amazonaws.com ModifyX, when: {requestParameters: {on: [false]}},\n"
      "     severity: error, says: \"is off at {detail.requestParameters.level}\"}\n"
      "  - {name: b, call: [a.amazonaws.com ModifyX], severity: warn}\n");
  const Recognised off(yaml, event(R"("on":false,"level":3)"));
  EXPECT_EQ(off.only().severity, 17);
  EXPECT_EQ(off.only().headline, "is off at 3");
  const Recognised on(yaml, event(R"("on":true)"));
  EXPECT_EQ(on.only().severity, 13);
  EXPECT_EQ(on.only().headline, "");
  // A text that cannot be made leaves the severity.
  EXPECT_EQ(Recognised(yaml, event(R"("on":false)")).only().severity, 17);
}

TEST(Rules, an_element_of_a_list_meets_it_and_gives_its_name) {
  const std::string yaml = catalog(
      "  - {name: a, call: a.amazonaws.com ModifyX, each: detail.requestParameters.all.items,\n"
      "     when: {cidrIp: [\"0.0.0.0/0\"], ipProtocol: [tcp]}, severity: warn,\n"
      "     says: \"lets {.cidrIp} in on {}\"}\n");
  const Recognised open(
      yaml, event(R"("all":{"items":[{"cidrIp":"0.0.0.0/0","ipProtocol":"udp"},)"
                  R"({"cidrIp":"10.0.0.0/8","ipProtocol":"tcp","fromPort":1,"toPort":1},)"
                  R"({"cidrIp":"0.0.0.0/0","ipProtocol":"tcp","fromPort":22,"toPort":23}]})"));
  EXPECT_EQ(open.only().headline, "lets 0.0.0.0/0 in on 22-23/tcp");
  // Its clauses are met by one element, or by none.
  const Recognised apart(yaml, event(R"("all":{"items":[{"cidrIp":"0.0.0.0/0","ipProtocol":"udp"},)"
                                     R"({"cidrIp":"10.0.0.0/8","ipProtocol":"tcp"}]})"));
  EXPECT_EQ(apart.only().severity, 0);
}

TEST(Rules, all_elements_that_meet_it_are_named_within_a_bound) {
  const std::string yaml = catalog(
      "  - {name: a, call: a.amazonaws.com ModifyX, each: detail.requestParameters.all,\n"
      "     when: {open: [true]}, severity: warn, says: \"lets everyone in on {}\"}\n");
  const auto ports = [](int port, bool open = true) {
    const std::string number = std::to_string(port);
    return R"({"ipProtocol":"tcp","fromPort":)" + number + R"(,"toPort":)" + number +
           R"(,"open":)" + (open ? "true}" : "false}");
  };
  const auto said = [&](const std::string& list) {
    return std::string(Recognised(yaml, event("\"all\":[" + list + "]")).only().headline);
  };
  EXPECT_EQ(said(ports(22)), "lets everyone in on 22/tcp");
  EXPECT_EQ(said(ports(22) + "," + ports(443, false) + "," + ports(3389)),
            "lets everyone in on 22/tcp and 3389/tcp");
  EXPECT_EQ(said(ports(22) + "," + ports(25) + "," + ports(3389)),
            "lets everyone in on 22/tcp, 25/tcp and 1 more");
  EXPECT_EQ(said(R"({"ipProtocol":"-1","open":true})"), "lets everyone in on all ports");
}

TEST(Rules, what_must_not_be_there_is_asked_of_objects_too) {
  const std::string yaml = catalog(
      "  - {name: a, call: a.amazonaws.com ModifyX, each: detail.requestParameters.all,\n"
      "     when: {on: [true]}, without: .if, severity: warn}\n");
  EXPECT_EQ(Recognised(yaml, event(R"("all":[{"on":true,"if":{"x":1}}])")).only().severity, 0);
  EXPECT_EQ(Recognised(yaml, event(R"("all":[{"on":true}])")).only().severity, 13);
}

TEST(Rules, a_call_that_was_refused_meets_none) {
  const std::string yaml =
      catalog("  - {name: a, call: a.amazonaws.com ModifyX, severity: error, says: is off}\n");
  const Recognised refused(yaml, event(R"("y":1)", R"("errorCode":"AccessDenied",)"));
  EXPECT_EQ(refused.only().severity, 0);
  EXPECT_EQ(refused.only().headline, "");
}

TEST(Rules, what_is_wrong_is_a_problem) {
  const auto problem = [](const std::string& rule) { return problems_of(catalog(rule)); };
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(has(problem("  - {name: a, call: a.b C}\n"), "missing key \"severity\""));
  EXPECT_TRUE(has(problem("  - {name: a, call: C, severity: warn}\n"), "an event source and"));
  EXPECT_TRUE(has(problem("  - {name: a, call: a.b C, severity: warn, says: \"on {.x}\"}\n"),
                  "needs each"));
  EXPECT_NE(problem("  - {name: a, call: a.b C, severity: warn, says: \"on {}\"}\n"), "");
  EXPECT_TRUE(has(problem("  - {name: a, call: a.b C, severity: warn, when: {x: 1}}\n"), "x"));
  EXPECT_TRUE(has(problem("  - {name: a, call: a.b C, severity: loud}\n"), "warn"));
}

}  // namespace
}  // namespace statewire
