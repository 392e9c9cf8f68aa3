#include <gtest/gtest.h>

#include "base/text.h"
#include "config/read_file.h"
#include "format/clean_text.h"
#include "format/example_notification.h"
#include "format/format.h"
#include "format/formats_for_test.h"
#include "format/random_notification.h"

namespace statewire {
namespace {

TEST(Formats, built_in_ones_need_no_configuration) {
  const ReadFormats read("version: 1\n");
  EXPECT_EQ(read.formats.names(),
            (std::vector<std::string_view>{"csv", "email", "json", "json-data", "pagerduty",
                                           "slack", "teams", "text"}));
  EXPECT_EQ(read.formats.find("xml"), nullptr);
  EXPECT_TRUE(read.problems.ok());
}

TEST(Formats, every_field_is_described) {
  const Result<std::string> page = read_file(SOURCE_DIR "/docs/notification.md", 1 << 20);
  ASSERT_TRUE(page.ok());
  for (const std::string_view field : notification_fields()) {
    EXPECT_NE(page->find("`" + std::string(field) + "`"), std::string::npos) << field;
  }
}

TEST(Formats, csv_is_class_id_and_state) {
  const ReadFormats read("");
  EXPECT_EQ(read.render("csv", example_notification()),
            "aws.ec2,arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001,running");
  EXPECT_EQ(read.formats.find("csv")->header(), "");
}

TEST(Formats, csv_quotes_what_must_be_quoted) {
  const ReadFormats read("");
  Notification n = example_notification();
  n.origin.source = "a,b";
  n.resource.id = "say \"hi\"\n\"";
  n.value = "=1+2";
  EXPECT_EQ(read.render("csv", n), "\"a,b\",\"say \"\"hi\"\" \"\"\",=1+2");
}

TEST(Formats, text_is_a_line_in_columns) {
  const ReadFormats read("");
  Notification n = example_notification();
  EXPECT_EQ(read.render("text", n),
            "09:00:12  stable         EC2 instance web-1 (i-0a1b2c3d4e5f60001)    eu-west-1  "
            "running; started by alice in the console");
  n.kind = NotificationKind::failed;
  n.origin.system = "aws.cloudtrail";
  n.origin.type = "DeleteBucket";
  n.resource.id = "arn:aws:s3:::invoices";
  n.resource.type = "AWS::S3::Bucket";
  n.name = "";
  n.cause.actor = "ci-deployer";
  n.cause.tool = "";
  n.error = "AccessDenied";
  EXPECT_EQ(read.render("text", n),
            "09:00:12  failed         S3 bucket invoices                          eu-west-1  "
            "DeleteBucket by ci-deployer was refused: AccessDenied");
}

TEST(Formats, text_aligns_by_what_a_terminal_shows) {
  const ReadFormats read("");
  Notification n = example_notification();
  const size_t news = display_width(read.render("text", n).substr(0, 80));
  for (const std::string_view name : {"wéb", "日本", "e\xcc\x81", "🙂"}) {
    n.name = name;
    const std::string line = read.render("text", n);
    EXPECT_EQ(display_width(line.substr(0, line.find("running"))), news) << line;
  }
}

TEST(Formats, an_organisations_own_has_its_columns) {
  const ReadFormats read(R"(
formats:
  org/v2:
    columns: [time, resource.type, state.phase, cause.kind, resource.tags.team, resource.tags.none,
              state.previous.since, flags, type, severitytext, sequence, state.settled]
    header: true
)");
  EXPECT_EQ(read.problems.to_text(), "");
  Notification n = example_notification();
  n.is_late = n.is_future = true;
  EXPECT_EQ(read.render("org/v2", n),
            "2026-11-23T09:00:12Z,AWS::EC2::Instance,stable,human,shop,,2026-11-23T08:59:58Z,"
            "late;future,statewire.resource.transition.v1,INFO,00000000000000000042,true");
  EXPECT_EQ(read.formats.find("org/v2")->header(),
            "time,resource.type,state.phase,cause.kind,resource.tags.team,resource.tags.none,"
            "state.previous.since,flags,type,severitytext,sequence,state.settled");
}

TEST(Formats, formulas_are_defused_where_asked_for) {
  const ReadFormats read(R"(
formats:
  safe/v1: {columns: [state.value], defuse_formulas: true}
  plain/v1: {columns: [state.value]}
)");
  Notification n = example_notification();
  for (const std::string_view value : {"=1", "+1", "-1", "@a"}) {
    n.value = value;
    EXPECT_EQ(read.render("safe/v1", n), "'" + std::string(value));
    EXPECT_EQ(read.render("plain/v1", n), value);
  }
  n.value = "\t=cmd";
  EXPECT_EQ(read.render("safe/v1", n), "' =cmd");
  n.value = "=HYPERLINK(\"x\")";
  EXPECT_EQ(read.render("safe/v1", n), "\"'=HYPERLINK(\"\"x\"\")\"");
  n.value = "running";
  EXPECT_EQ(read.render("safe/v1", n), "running");
}

TEST(Formats, mistakes_are_told_where_they_stand) {
  const ReadFormats read(R"(formats:
  org/v1: {columns: [origin.sorce, phase, resource.id]}
  org/1: {columns: [time]}
  org/v3: {columns: []}
  org/v4: {colums: [time]}
)");
  EXPECT_EQ(
      read.problems.to_text(),
      R"(statewire.yaml:2:22: formats.org/v1.columns[0]: no such field; did you mean "origin.source"?
statewire.yaml:2:36: formats.org/v1.columns[1]: no such field; did you mean "state.phase"?
statewire.yaml:3:3: formats.org/1: a format's name is like "ticket", or with a version like "org/v1"
statewire.yaml:4:21: formats.org/v3.columns: a format has at least one column
statewire.yaml:5:11: formats.org/v4: a format has columns, a shape, a template or a template_file
statewire.yaml:5:12: formats.org/v4.colums: unknown key; did you mean "columns"?
6 errors
)");
}

TEST(Formats, every_field_that_is_listed_can_be_a_column) {
  Notification n = example_notification();
  n.account_name = "shop-prod";
  n.account_owner = "team-shop";
  const Change changes[] = {{"a", "1", "2"}, {"b", "3", "4"}};
  n.changes = changes;
  n.amends.bytes.fill(1);
  n.traceparent = n.resource.zone = n.cause.via = n.cause.account = n.cause.reason =
      n.cause.session = n.cause.role = n.cause.address = "x";
  n.has_late_observation = n.is_late = true;
  n.late_value = "pending";
  n.late_time = n.time;
  n.owner = {.inventory = "shop",
             .tool = "terraform",
             .stack = "base",
             .address = "aws_s3_bucket.logs",
             .file = "s3.tf",
             .line = "12",
             .via = "x",
             .part = "x"};
  n.kind = NotificationKind::flapping;
  n.expectation = {.phase = Phase::provisioning, .since = n.time, .seen = 30};
  for (const std::string_view path : notification_fields()) {
    std::string out;
    append_field(n, path == "resource.tags.*" ? "resource.tags.team" : path, out);
    EXPECT_NE(out, "") << path;
  }
  std::string none;
  append_field(n, "no.such", none);
  EXPECT_EQ(none, "");
  append_field(n, "changes.to", none);
  EXPECT_EQ(none, "2;4");
}

TEST(Formats, whatever_is_told_is_one_line_of_valid_utf8) {
  const ReadFormats read(
      "formats: {org/v1: {columns: [message, cause.actor, changes.to, resource.tags.x]}}");
  constexpr uint32_t kSeed = 20261123;
  RandomNotifications random(kSeed);
  for (int i = 0; i < 300; ++i) {
    const Notification n = random.next();
    for (const std::string_view name : read.formats.names()) {
      const std::string out = read.render(name, n);
      ASSERT_TRUE(is_utf8(out)) << name << " seed " << kSeed << " round " << i;
      for (size_t at = 0; at < out.size(); at += code_point_at(out, at).length) {
        ASSERT_FALSE(is_control(code_point_at(out, at).value))
            << name << " seed " << kSeed << " round " << i << " at " << at;
      }
    }
  }
}

// "txt.exe" reads as "exe.txt" behind U+202E: people see a blank there, machines what came.
TEST(Formats, what_turns_a_text_around_reaches_machines_and_no_people) {
  const ReadFormats read("");
  constexpr std::string_view kTurned = "x\u202e\u2066\u200e\u061c\u200by";
  Notification n = example_notification();
  n.severity = kError;
  n.resource.id = n.resource.name = n.value = n.error = kTurned;
  n.cause.actor = n.cause.tool = n.cause.call = n.origin.type = kTurned;
  const Tag tags[] = {{kTurned, kTurned}};
  n.tags = tags;
  for (const std::string_view name : read.formats.names()) {
    const std::string out = read.render(name, n);
    const bool is_for_machines = name.starts_with("json");
    // A mail has the notification in it, for machines. Of a notification the message is for people.
    const size_t begin = is_for_machines ? out.find("\"message\":") : 0;
    const size_t end = is_for_machines ? out.size() : std::min(out.find(",\"data\":"), out.size());
    EXPECT_EQ(out.find(kTurned) < begin, is_for_machines) << name;
    for (size_t at = begin; at < end; at += code_point_at(out, at).length) {
      ASSERT_FALSE(is_unseen(code_point_at(out, at).value)) << name << ": " << out.substr(at);
    }
  }
}

}  // namespace
}  // namespace statewire
