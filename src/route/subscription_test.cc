#include "route/subscription.h"

#include <gtest/gtest.h>

#include "config/document.h"
#include "format/example_notification.h"

namespace statewire {
namespace {

// Subscriptions of a configuration, and what was wrong with it.
struct Read {
  explicit Read(std::string yaml) {
    document = Document::parse("statewire.yaml", std::move(yaml), problems);
    formats = Formats::read(document->root().find("formats"), problems);
    subscriptions = read_subscriptions(document->root().find("subscriptions"), formats, problems);
  }

  Problems problems;
  std::optional<Document> document;
  Formats formats;
  std::vector<Subscription> subscriptions;
};

// What is wrong with a `when`, without where.
std::string problems_of(const std::string& when) {
  const Read read("subscriptions: {x: {sink: {kind: stdout}, when: " + when + "}}");
  std::string text;
  for (const Problem& problem : read.problems.sorted()) {
    if (problem.severity == Severity::warning) continue;
    text += problem.path.substr(std::string("subscriptions.x.").size()) + ": " + problem.text;
  }
  return text;
}

// Whether a subscription with that `when` gets the notification.
bool gets(const std::string& when, const Notification& notification) {
  const Read read("subscriptions: {x: {sink: {kind: stdout}, when: " + when + "}}");
  EXPECT_EQ(read.problems.errors(), 0u) << when << read.problems.to_text();
  std::string routable;
  append_routable(notification, routable);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_FALSE(parser.parse(routable).get(element)) << routable;
  return read.subscriptions.at(0).when.matches(element);
}

// What `when` asks at once, as a pattern; whether a phase and a cause meet it.
bool may_get(const std::string& when, std::string_view notification) {
  const Read read("subscriptions: {x: {sink: {kind: stdout}, when: " + when + "}}");
  simdjson::dom::parser parser;
  return read.subscriptions.at(0).early_when.matches(
      parser.parse(simdjson::padded_string(notification)).value());
}

TEST(Hold, what_is_asked_for_late_is_not_asked_at_once) {
  const std::string_view stable = R"({"state":{"phase":"stable"},"cause":{"kind":"unknown"}})";
  const std::string_view gone = R"({"state":{"phase":"gone"},"cause":{"kind":"unknown"}})";
  const std::string when = "{state: {phase: [gone]}, cause: {kind: [human]}}";
  EXPECT_TRUE(may_get(when, gone));
  EXPECT_FALSE(may_get(when, stable));
  EXPECT_TRUE(may_get("{cause: {kind: [human]}}", stable));
  // One branch may still come true.
  EXPECT_TRUE(may_get("{$or: [{state: {phase: [gone]}}, {cause: {kind: [human]}}]}", stable));
  EXPECT_FALSE(may_get("{$or: [{state: {phase: [gone]}}, {state: {phase: [degraded]}}]}", stable));
  EXPECT_TRUE(may_get("{resource: {tags: {team: [shop]}}, state: {phase: [gone]}}", gone));
}

TEST(Group, of_deployments_is_read_and_what_it_lacks_is_told) {
  const auto read = [](const std::string& keys) {
    return Read("subscriptions: {x: {sink: {kind: stdout}, hold: {for: [cause]}, " + keys + "}}");
  };
  const Read well = read("group: {by: deployment, quiet: 2m}");
  EXPECT_EQ(well.problems.to_text(), "");
  EXPECT_TRUE(well.subscriptions.at(0).grouping.by_deployment);
  EXPECT_EQ(well.subscriptions.at(0).grouping.quiet, std::chrono::minutes(2));
  EXPECT_EQ(well.subscriptions.at(0).grouping.at_most, std::chrono::hours(1));
  const Read slow = read("group: {by: deployment, quiet: 2h}");
  EXPECT_EQ(slow.subscriptions.at(0).grouping.at_most, std::chrono::hours(2));
  EXPECT_FALSE(read("per_hour: 0").subscriptions.at(0).grouping.by_deployment);
  for (const char* wrong : {"group: {}", "group: {by: region}", "group: {by: deployment, max: 1}",
                            "group: deployment", "group: {by: deployment, at_most: 1m}"}) {
    EXPECT_GT(read(wrong).problems.errors(), 0u) << wrong;
  }
  const Read alone("subscriptions: {x: {sink: {kind: stdout}, group: {by: deployment}}}");
  EXPECT_EQ(alone.problems.errors(), 0u);
  EXPECT_NE(alone.problems.to_text().find("hold: {for: [cause]"), std::string::npos);
}

TEST(Hold, asking_for_what_comes_late_without_it_is_warned_of) {
  const auto problems = [](const std::string& keys) {
    const Read read("subscriptions: {x: {sink: {kind: stdout}, " + keys + "}}");
    return read.problems.to_text();
  };
  EXPECT_NE(problems("when: {cause: {kind: [human]}}").find("hold: {for: [cause]"),
            std::string::npos);
  EXPECT_NE(problems("when: {resource: {tags: {a: [b]}}}, hold: {for: [cause]}")
                .find("hold: {for: [tags]"),
            std::string::npos);
  EXPECT_EQ(problems("when: {cause: {kind: [human]}}, hold: {for: [cause]}"), "");
  EXPECT_EQ(problems("hold: {for: [cause, tags], at_most: 20m}"), "");
  EXPECT_NE(problems("hold: {for: [coffee]}"), "");
  EXPECT_NE(problems("hold: {for: []}"), "");
  EXPECT_NE(problems("hold: {for: [cause], at_most: 0s}"), "");
}

TEST(Subscriptions, none_need_be_there) { EXPECT_TRUE(Read("version: 1\n").subscriptions.empty()); }

// What is waiting for a sink is tried on for `retry_for` from where it was, unless it is another
// one.
TEST(Subscriptions, a_sink_stays_the_same_over_what_does_not_say_which_it_is) {
  const auto hash = [](const std::string& keys, const std::string& rest = "") {
    const Read read("subscriptions: {x: {sink: {kind: webhook, " + keys + "}" + rest + "}}");
    return read.subscriptions.at(0).sink_hash;
  };
  const std::string url = "url: 'https://example.com/a'";
  const std::string headers = "headers: {A: one, B: two}";
  const uint64_t first = hash(url + ", " + headers);
  EXPECT_NE(first, 0u);
  for (const std::string& same : {headers + ", " + url, url + ", timeout: 3s, " + headers,
                                  url + ", " + headers + ", rotate_bytes: 1",
                                  std::string("\"url\": \"https://example.com/a\", ") + headers}) {
    EXPECT_EQ(hash(same), first) << same;
  }
  EXPECT_EQ(hash(url + ", " + headers, ", retry_for: 1h, when: {kind: [CHANGE]}"), first);
  for (const std::string& other :
       {url, std::string("url: 'https://example.com/b', ") + headers,
        url + ", headers: {A: two, B: one}", url + ", " + headers + ", secret_file: s",
        url + ", headers: {A: one, B: two, C: three}"}) {
    EXPECT_NE(hash(other), first) << other;
  }
}

TEST(Subscriptions, a_sink_is_all_that_one_needs) {
  const Read read("subscriptions:\n  all:\n    sink: {kind: file, path: out}\n");
  ASSERT_EQ(read.problems.to_text(), "");
  const Subscription& all = read.subscriptions.at(0);
  EXPECT_EQ(all.name, "all");
  EXPECT_EQ(all.when_json, "");
  EXPECT_EQ(all.format, read.formats.find("json"));
  EXPECT_EQ(all.format_name, "json");
  EXPECT_EQ(all.from, StartFrom::now);
  EXPECT_EQ(all.on_lag, OnLag::skip);
  EXPECT_EQ(all.retry_for, std::chrono::hours(24));
  EXPECT_EQ(all.sink_kind, "file");
  EXPECT_EQ(all.sink->find("path").text(), "out");
}

TEST(Subscriptions, read_all_that_is_written) {
  const Read read(R"(
formats: {org/v1: {columns: [time]}}
subscriptions:
  people:
    when: {state: {settled: [true]}}
    format: org/v1
    from: earliest
    on_lag: hold
    retry_for: 1h30m
    sink: {kind: stdout}
  machines: {sink: {kind: stdout}}
)");
  ASSERT_EQ(read.problems.to_text(), "");
  ASSERT_EQ(read.subscriptions.size(), 2u);
  const Subscription& people = read.subscriptions[0];
  EXPECT_EQ(people.when_json, R"({"state":{"settled":[true]}})");
  EXPECT_EQ(people.format, read.formats.find("org/v1"));
  EXPECT_EQ(people.from, StartFrom::earliest);
  EXPECT_EQ(people.on_lag, OnLag::hold);
  EXPECT_EQ(people.retry_for, std::chrono::minutes(90));
  EXPECT_EQ(read.subscriptions[1].name, "machines");
}

TEST(Subscriptions, mistakes_are_told_where_they_stand) {
  const Read read(R"(subscriptions:
  people:
    when:
      state: {settle: [true]}
    format: jsn
    sinc: {kind: stdout}
  pager:
    from: yesterday
    on_lag: wait
    retry_for: 5
    hold: {for: [cause]}
    sink: {path: out}
  "a b": {sink: stdout}
)");
  EXPECT_EQ(
      read.problems.to_text(),
      R"(statewire.yaml:4:15: subscriptions.people.when.state.settle: no such field; did you mean "settled"?
statewire.yaml:5:13: subscriptions.people.format: there is no format "jsn"; did you mean "json"?
statewire.yaml:6:5: subscriptions.people.sinc: unknown key; did you mean "sink"?
statewire.yaml:8:11: subscriptions.pager.from: expected now or earliest, found "yesterday"
statewire.yaml:9:13: subscriptions.pager.on_lag: expected skip or hold, found "wait"
statewire.yaml:10:16: subscriptions.pager.retry_for: expected a duration such as 500ms, 90s, 10m, 24h or 7d, found "5"
statewire.yaml:12:11: subscriptions.pager.sink: missing key "kind"
statewire.yaml:13:3: subscriptions."a b": a subscription's name is at most 64 letters, digits, "-", "_" and "."
statewire.yaml:13:17: subscriptions."a b".sink: expected a map, found "stdout"
9 errors
)");
}

TEST(Subscriptions, everything_is_matched_without_a_condition) {
  const Read read("subscriptions: {x: {sink: {kind: stdout}}}");
  std::string routable;
  append_routable(example_notification(), routable);
  simdjson::dom::parser parser;
  EXPECT_TRUE(read.subscriptions.at(0).when.matches(parser.parse(routable)));
}

TEST(When, asks_for_fields_of_the_data) {
  const Notification n = example_notification();
  EXPECT_TRUE(gets("{state: {settled: [true]}}", n));
  EXPECT_FALSE(gets("{state: {phase: [degraded, gone]}}", n));
  EXPECT_TRUE(gets("{resource: {type: [{anything-but: {prefix: \"AWS::Logs::\"}}]}}", n));
  EXPECT_TRUE(gets("{resource: {tags: {team: [shop]}}}", n));
  EXPECT_FALSE(gets("{resource: {tags: {team: [{exists: false}]}}}", n));
  EXPECT_TRUE(gets("{resource: {tags: {\"cost.centre\": [{exists: false}]}}}", n));
  EXPECT_FALSE(gets("{state: {settled: [true]}, cause: {kind: [{anything-but: [human]}]}}", n));
  EXPECT_TRUE(gets("{revision: [{numeric: [\">\", 1]}]}", n));
}

TEST(When, asks_for_the_envelope_beside_the_data) {
  const Notification n = example_notification();
  EXPECT_TRUE(gets("{type: [statewire.resource.transition.v1], severitytext: [INFO]}", n));
  EXPECT_FALSE(gets("{severitynumber: [{numeric: [\">=\", 13]}]}", n));
  EXPECT_TRUE(gets("{source: [/statewire/prod/http]}", n));
}

TEST(When, asks_for_one_of_several) {
  const Notification n = example_notification();
  EXPECT_TRUE(gets("{$or: [{state: {phase: [gone]}}, {cause: {actor: [alice]}}]}", n));
  EXPECT_FALSE(gets("{$or: [{state: {phase: [gone]}}, {cause: {actor: [bob]}}]}", n));
}

TEST(When, asks_for_changes) {
  const Change changes[] = {{"versioning", "", "Enabled"}};
  Notification n = example_notification();
  n.changes = changes;
  EXPECT_TRUE(gets("{changes: {path: [versioning], to: [Enabled]}}", n));
  EXPECT_FALSE(gets("{changes: {path: [policy]}}", n));
}

TEST(When, fields_that_do_not_exist_are_refused) {
  EXPECT_EQ(problems_of("{state: {settle: [true]}}"),
            "when.state.settle: no such field; did you mean \"settled\"?");
  EXPECT_EQ(problems_of("{stat: {settled: [true]}}"),
            "when.stat: no such field; did you mean \"state\"?");
  EXPECT_EQ(problems_of("{phase: [gone]}"),
            "when.phase: no such field; did you mean \"state.phase\"?");
  EXPECT_EQ(problems_of("{tags: {team: [shop]}}"),
            "when.tags: no such field; did you mean \"resource.tags\"?");
  EXPECT_EQ(problems_of("{$or: [{xyzzy: [1]}, {state: {phase: [gone]}}]}"),
            "when.$or[0].xyzzy: no such field");
}

TEST(When, fields_are_asked_for_as_what_they_are) {
  EXPECT_EQ(problems_of("{drift: {kind: [none]}}"),
            "when.drift: is one value and has no fields; write a list of alternatives");
  EXPECT_EQ(
      problems_of("{resource: {tags: {team: {name: [shop]}}}}"),
      "when.resource.tags.team: is one value and has no fields; write a list of alternatives");
  EXPECT_EQ(problems_of("{state: [gone]}"),
            "when.state: is no value but holds fields; ask for one of them: phase, value, settled, "
            "previous");
}

TEST(When, what_a_field_never_is_is_told_where_it_stands) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"{resource: {account: [123456789012]}}",
       "when.resource.account[0]: the field is a text, and this is a number; write it in quotes: "
       "\"123456789012\""},
      {"{resource.tags.cost: [a, 7]}",
       "when.\"resource.tags.cost\"[1]: the field is a text, and this is a number; write it in "
       "quotes: \"7\""},
      {"{$or: [{state: {phase: [gone]}}, {resource: {region: [{anything-but: [2, 1]}]}}]}",
       "when.$or[1].resource.region[0].anything-but[0]: the field is a text, and this is a number; "
       "write it in quotes: \"2\"when.$or[1].resource.region[0].anything-but[1]: the field is a "
       "text, and this is a number; write it in quotes: \"1\""},
      {"{severitynumber: [\"13\"]}",
       "when.severitynumber[0]: the field is a number, and this is a text; write a number, or "
       "{numeric: [\">=\", 13]}"},
      {"{severitynumber: [{prefix: \"1\"}]}",
       "when.severitynumber[0].prefix: asks for a text, and the field is a number"},
      {"{cause: {actor: [{numeric: [\">\", 3]}]}}",
       "when.cause.actor[0].numeric: asks for a number, and the field is a text"},
      {"{state: {settled: [\"true\"]}}",
       "when.state.settled[0]: the field is true or false, and this is a text; write true or "
       "false"},
      {"{state: {settled: [{anything-but: {prefix: t}}]}}",
       "when.state.settled[0].anything-but.prefix: asks for a text, and the field is true or "
       "false"},
      {"{state: {phase: [gone, stabel]}}",
       "when.state.phase[1]: the field is never \"stabel\"; did you mean \"stable\"?"},
      {"{cause: {kind: [person]}}",
       "when.cause.kind[0]: the field is never \"person\"; it is one of unknown, deployment, "
       "human, "
       "autoscaling, schedule, provider, service, automation"},
      {"{type: [statewire.resource.transition]}",
       "when.type[0]: the field is never \"statewire.resource.transition\"; did you mean "
       "\"statewire.resource.transition.v1\"?"},
      {"{severitytext: [warning]}",
       "when.severitytext[0]: the field is never \"warning\"; it is one of TRACE, DEBUG, INFO, "
       "WARN, "
       "ERROR, FATAL"},
      {"{flags: [Late]}", "when.flags[0]: the field is never \"Late\"; did you mean \"late\"?"},
      {"{resource: {name: [null]}}",
       "when.resource.name[0]: no field is ever null; ask for one that is not known by {exists: "
       "false}"}};
  for (const auto& [when, problem] : mistakes) EXPECT_EQ(problems_of(when), problem) << when;
  for (const char* when :
       {"{severitynumber: [17, {numeric: [\">=\", 13]}, {anything-but: [9]}, {exists: true}]}",
        "{state: {settled: [true, {exists: false}]}, revision: [{numeric: [\"=\", 1]}]}",
        "{flags: [late], cause: {evidence: [{exists: false}], actor: [{anything-but: {suffix: "
        "x}}]}}",
        "{resource: {account: [\"1\", {anything-but: [a, b]}, {equals-ignore-case: x}]}}"}) {
    EXPECT_EQ(problems_of(when), "") << when;
  }
}

TEST(When, all_that_is_wrong_is_told_at_once) {
  const std::string problems = problems_of("{type: X, resource: {account: 5}, cause: human}");
  for (const char* const path : {"when.type", "when.resource.account", "when.cause"}) {
    EXPECT_NE(problems.find(path), std::string::npos) << path << " in " << problems;
  }
}

TEST(When, what_is_no_pattern_is_told_where_it_stands) {
  const Read read(R"(subscriptions:
  x:
    sink: {kind: stdout}
    when:
      state:
        phase: gone
)");
  const std::vector<Problem> problems = read.problems.sorted();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].line, 6u);
  EXPECT_EQ(problems[0].column, 16u);
  EXPECT_EQ(problems[0].path, "subscriptions.x.when.state.phase");
}

TEST(When, a_misspelt_operator_is_told_where_it_stands) {
  const Read read(R"(subscriptions:
  x:
    sink: {kind: stdout}
    when:
      $or:
        - state: {value: [{prefx: run}]}
        - state: {phase: [gone]}
)");
  const std::vector<Problem> problems = read.problems.sorted();
  ASSERT_EQ(problems.size(), 1u) << read.problems.to_text();
  EXPECT_EQ(problems[0].line, 6u);
  EXPECT_TRUE(problems[0].path.starts_with("subscriptions.x.when.$or[0].state.value[0]"));
}

TEST(When, words_that_yaml_reads_otherwise_must_be_quoted) {
  EXPECT_NE(problems_of("{resource: {tags: {monitoring: [off]}}}"), "");
  EXPECT_EQ(problems_of("{resource: {tags: {monitoring: [\"off\"]}}}"), "");
}

}  // namespace
}  // namespace statewire
