// What mail, chat and paging services are sent, held against what they document.
#include "format/sink_formats.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/limits.h"
#include "base/text.h"
#include "format/example_notification.h"
#include "format/formats_for_test.h"
#include "format/json_schema.h"
#include "format/message_parts.h"
#include "format/random_notification.h"

namespace statewire {
namespace {

JsonSchema schema_of(const std::string& name) {
  std::ifstream file(SOURCE_DIR "/tests/people/schemas/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  auto schema = JsonSchema::parse(text.str());
  EXPECT_TRUE(std::holds_alternative<JsonSchema>(schema)) << std::get<TextFault>(schema).text;
  return std::get<JsonSchema>(std::move(schema));
}

// As it goes over the network: the sink adds the key.
std::string sent(std::string_view kind, std::string message) {
  if (kind != "pagerduty") return message;
  return R"({"routing_key":"0123456789abcdef0123456789abcdef",)" + message.substr(1);
}

constexpr std::string_view kOwnFormats = R"yaml(
formats:
  own/v1: {template: "{{resource.name}} <is> *{{state.value}}*\nsecond line"}
  page/v1: {template: "<p>{{resource.name}}</p>", content_type: text/html}
  blocks/v1: {template: '{"text": "web {{resource.name}}"}', content_type: application/json}
  one/v1: {columns: [cause.actor]}
  none/v1: {template: "{{cause.actor}}"}
  lines/v1: {template: "{{resource.name}}\n\n{{#resource.tags}}{{key}}: {{value}}\n{{/resource.tags}}"}
)yaml";

const char* schema_for(std::string_view kind) {
  if (kind == "email") return "mail";
  return kind == "slack" ? "slack" : kind == "teams" ? "teams" : "pagerduty";
}

TEST(SinkFormats, whatever_is_told_is_what_the_service_takes) {
  const ReadFormats read{std::string(kOwnFormats)};
  EXPECT_EQ(read.problems.to_text(), "");
  for (const SinkFormKind& kind : sink_form_kinds()) {
    const JsonSchema schema = schema_of(schema_for(kind.name));
    for (const std::string_view format : read.formats.names()) {
      if (format == "blocks/v1" && kind.name == "teams") continue;  // Whose it is not.
      RandomNotifications random(3);
      for (int i = 0; i < 60; ++i) {
        const Notification n = random.next();
        const std::string message = read.render_for(kind.name, format, n);
        ASSERT_TRUE(is_utf8(message));
        if (has(message, R"("event_action":"none")")) continue;
        const Result<void> well = schema.check(sent(kind.name, message));
        ASSERT_TRUE(well.ok()) << kind.name << " " << format << ": " << well.error().text;
        if (kind.name == "teams" && format != "json-data") {
          ASSERT_LT(message.size(), kTeamsMessageBytesMax) << format;
        }
      }
    }
  }
}

TEST(SinkFormats, time_of_arrival_is_not_told_as_when_it_happened) {
  const ReadFormats read{""};
  Notification n = example_notification();
  n.is_untimed = true;
  for (const SinkFormKind& kind : sink_form_kinds()) {
    const std::string message = read.render_for(kind.name, kind.name, n);
    EXPECT_TRUE(has(message, "when is not known")) << kind.name << message;
    EXPECT_EQ(has(message, "2026-11-23 09:00:12 UTC"),
              has(message, "time unknown, arrived 2026-11-23 09:00:12 UTC"))
        << kind.name;
    EXPECT_FALSE(has(message, "<!date") || has(message, R"("timestamp")")) << kind.name;
  }
}

TEST(SinkFormats, what_is_long_is_cut_to_what_the_service_takes) {
  const ReadFormats read("");
  const std::string longest(9000, '&');
  const Tag tags[] = {{longest, longest}};
  Notification n = example_notification();
  n.kind = NotificationKind::failed;
  n.severity = 17;
  n.name = n.resource.id = n.resource.type = n.cause.actor = n.error = n.origin.type = longest;
  n.tags = tags;
  for (const SinkFormKind& kind : sink_form_kinds()) {
    const std::string message = read.render_for(kind.name, kind.name, n);
    const Result<void> well = schema_of(schema_for(kind.name)).check(sent(kind.name, message));
    EXPECT_TRUE(well.ok()) << kind.name << ": " << well.error().text;
    EXPECT_TRUE(message.size() < 28u << 10 || kind.name != "teams");
  }
}

// Digests have no facts, and some messages no text.
TEST(SinkFormats, what_says_little_is_a_message_too) {
  const ReadFormats read{std::string(kOwnFormats)};
  Notification n = example_notification();
  n.kind = NotificationKind::receipt;
  n.receipt = "3 EC2 instance gone";
  n.receipt_count = 3;
  n.cause = {};
  for (const char* kind : {"slack", "teams"}) {
    EXPECT_FALSE(has(read.render(kind, n), "[]")) << read.render(kind, n);
  }
  EXPECT_FALSE(has(read.render("email", n), "border=\\\"0\\\">\\n</table>"));
  for (const char* kind : {"slack", "teams", "email"}) {
    EXPECT_TRUE(
        has(read.render_for(kind, "none/v1", n), "3 more notifications, counted but not sent"))
        << kind;
  }
  EXPECT_EQ(read.render("one/v1", n), "\"\"");
}

TEST(SinkFormats, a_mail_shows_what_a_digest_counts_as_a_table) {
  const ReadFormats read("");
  Notification n = example_notification();
  n.kind = NotificationKind::receipt;
  n.severity = kWarn;
  n.receipt = "1 WARN trail main stopped, 1,204 EC2 instance gone";
  n.receipt_count = 1'205;
  std::vector<ReceiptKind> kinds = {{"trail <main> stopped", 1, kWarn},
                                    {"EC2 instance gone", 1'204, 0}};
  n.receipt_kinds = kinds;
  const std::string mail = read.render("email", n);
  EXPECT_TRUE(has(mail, "    1  trail <main> stopped  (warning)\\n1,204  EC2 instance gone\\n"))
      << mail;
  EXPECT_TRUE(has(mail, "trail &lt;main&gt; stopped</td>"));
  EXPECT_TRUE(has(mail, ">warning</span>"));
  EXPECT_TRUE(has(mail, ">1,204</td>"));
  kinds.assign(kDigestKindsInTableMax + 2, {"S3 bucket gone", 3, 0});
  n.receipt_kinds = kinds;
  EXPECT_TRUE(has(read.render("email", n), "6  others\\n"));
}

TEST(SinkFormats, a_badge_may_break_and_what_it_says_is_not_said_again) {
  const ReadFormats read("");
  Notification n = example_notification();
  n.kind = NotificationKind::flapping;
  n.severity = kWarn;
  n.headline = "is flapping: 6 changes between OK and ALARM in 5 min";
  const std::string mail = read.render("email", n);
  EXPECT_TRUE(has(mail, "\\nwarning · flapping: 6 changes between")) << mail;
  EXPECT_TRUE(has(mail, ">warning · flapping</span>")) << mail;
  EXPECT_FALSE(has(mail, "letter-spacing:.02em;white-space:nowrap")) << mail;
}

TEST(SinkFormats, of_a_deployment_what_failed_stands_first) {
  const ReadFormats read("");
  Notification n = example_notification();
  n.kind = NotificationKind::group;
  n.severity = kWarn;
  n.receipt = "1 failed: S3 bucket <invoices>: AccessDenied; 14 changed: 14 SQS queue stable";
  n.receipt_count = 15;
  const std::vector<ReceiptKind> kinds = {{"S3 bucket failed", 1, kWarn},
                                          {"SQS queue stable", 14, 0}};
  n.receipt_kinds = kinds;
  const std::vector<std::string> failures = {"S3 bucket <invoices>: AccessDenied"};
  const std::string_view stacks[] = {"shop"};
  const ToldResource resources[] = {
      {"AWS::S3::Bucket", "<invoices>", "arn:aws:s3:::invoices"},
      {"AWS::SQS::Queue", "orders", "arn:aws:sqs:eu-west-1:123456789012:orders"}};
  n.resource.account = "123456789012";
  n.account_name = "shop-prod";
  DeploymentTold told{.tool = "cloudformation",
                      .stack = "shop",
                      .stacks = stacks,
                      .actor = "ci-deployer",
                      .account = "123456789012",
                      .began = n.time,
                      .ended = n.time + std::chrono::seconds(115),
                      .changed = 14,
                      .failed = 1,
                      .failures = failures,
                      .resources = resources};
  n.deployment = &told;
  const std::string mail = read.render("email", n);
  EXPECT_TRUE(has(mail,
                  "Resources  S3 bucket <invoices>\\n           SQS queue orders\\n"
                  "           and 13 more\\n"))
      << mail;
  EXPECT_TRUE(has(mail,
                  "Stack      shop\\nBy         ci-deployer\\nTool       CloudFormation\\n"
                  "Account    shop-prod (123456789012)"))
      << mail;
  EXPECT_TRUE(has(mail, "Event      Told together, as one deployment made it")) << mail;
  EXPECT_TRUE(has(mail,
                  "Open SQS queue orders in the AWS console:\\nhttps://console.aws.amazon.com"
                  "/go/view?arn=arn:aws:sqs:eu-west-1:123456789012:orders"))
      << mail;
  EXPECT_TRUE(has(read.render("json", n), R"("stack":"shop")"));
  told.stack_id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1";
  const std::string of_stack = read.render("email", n);
  EXPECT_TRUE(has(of_stack, "Open the stack in the AWS console:")) << of_stack;
  EXPECT_FALSE(has(of_stack, "Open SQS queue")) << of_stack;
  EXPECT_TRUE(has(mail, "[WARN] Deployment of stack shop by ci-deployer: 1 failed")) << mail;
  EXPECT_TRUE(has(mail, " 1  S3 bucket failed  (warning)\\n14  SQS queue stable\\n")) << mail;
  EXPECT_TRUE(has(mail, "Failed     S3 bucket <invoices>: AccessDenied")) << mail;
  for (const char* kind : {"slack", "teams", "pagerduty"}) {
    const std::string message = read.render(kind, n);
    EXPECT_TRUE(has(message, "Deployment of stack shop by ci-deployer")) << message;
    EXPECT_TRUE(has(message, "AccessDenied")) << message;
  }
  EXPECT_TRUE(has(read.render("text", n), "Deployment of stack shop by ci-deployer"));
}

TEST(SinkFormats, a_kind_of_sink_has_its_own_as_default) {
  const ReadFormats read("");
  EXPECT_EQ(read.formats.default_for_sink("slack"), "slack");
  EXPECT_EQ(read.formats.default_for_sink("email"), "email");
  EXPECT_EQ(read.formats.default_for_sink("webhook"), "json");
  EXPECT_EQ(read.formats.find_for_sink("slack", "slack"), read.formats.find("slack"));
  EXPECT_EQ(read.formats.find_for_sink("csv", "webhook"), read.formats.find("csv"));
  EXPECT_EQ(read.formats.find_for_sink("none", "slack"), nullptr);
}

TEST(SinkFormats, slack_is_told_in_blocks_and_nobody_is_called) {
  const ReadFormats read{std::string(kOwnFormats)};
  Notification n = example_notification();
  n.cause.actor = "<!channel> & <@U1>";
  const std::string message = read.render("slack", n);
  EXPECT_TRUE(has(message, R"({"type":"emoji","name":"large_green_circle"})")) << message;
  EXPECT_TRUE(has(message, R"x({"type":"text","text":"EC2 instance web-1 (i-0a1b2c3d4e5f60001)",)x"
                           R"x("style":{"bold":true}})x"));
  // In rich text it calls nobody.
  EXPECT_TRUE(has(message, R"({"mrkdwn":false,"text":"EC2 instance web-1)"));
  EXPECT_TRUE(has(message, "&lt;!channel&gt; &amp; &lt;@U1&gt;"));
  EXPECT_TRUE(has(message, R"("text":"human (likely): <!channel> & <@U1>)")) << message;
  EXPECT_TRUE(has(message, "<!date^1795424412^"));
  EXPECT_TRUE(has(message, "<https://console.aws.amazon.com/go/view?arn=arn:aws:ec2:"));
  EXPECT_EQ(read.render_for("slack", "own/v1", n),
            R"({"text":"web-1 &lt;is&gt; *running*\nsecond line"})");
  EXPECT_EQ(read.render_for("slack", "blocks/v1", n), R"({"text": "web web-1"})");
  EXPECT_TRUE(
      has(read.render_for("slack", "json", n),
          R"({"type":"rich_text_preformatted","elements":[{"type":"text","text":"{\"spec)"));
}

TEST(SinkFormats, link_leads_to_the_console_of_the_partition) {
  Notification n = example_notification();
  n.cause = {};
  const std::string rest = ":s3:::a b/c";
  const auto link_to = [&](const std::string& partition) {
    const std::string id = "arn:" + partition + rest;
    n.resource.id = id;
    const std::vector<MessageLink> links = parts_of(n).links;
    return links.empty() ? "" : links[0].url;
  };
  EXPECT_EQ(link_to("aws"), "https://console.aws.amazon.com/go/view?arn=arn:aws:s3:::a%20b/c");
  EXPECT_EQ(link_to("aws-cn"), "https://console.amazonaws.cn/go/view?arn=arn:aws-cn:s3:::a%20b/c");
  EXPECT_EQ(link_to("aws-us-gov"),
            "https://console.amazonaws-us-gov.com/go/view?arn=arn:aws-us-gov:s3:::a%20b/c");
  EXPECT_EQ(link_to("aws-iso"), "");
  EXPECT_EQ(link_to("aws-x"), "");
}

TEST(SinkFormats, teams_shows_names_as_they_are) {
  const ReadFormats read("");
  Notification n = example_notification();
  n.name = "*web_1* [x](https://example.org) _y_";
  const std::string message = read.render("teams", n);
  EXPECT_TRUE(has(
      message, R"x({"type":"TextRun","text":"EC2 instance *web_1* [x](https://example.org) _y_)x"))
      << message;
  EXPECT_FALSE(has(message, "TextBlock\",\"text"));
  EXPECT_TRUE(has(message, R"("style":"good")"));
}

// Which alert an event opens or closes.
TEST(SinkFormats, pagerduty_opens_where_it_is_wrong_and_closes_where_it_rests) {
  const ReadFormats read("");
  const auto action = [&](NotificationKind kind, Phase phase, uint8_t severity) {
    Notification n = example_notification();
    n.kind = kind;
    n.phase = phase;
    n.severity = severity;
    const std::string message = read.render("pagerduty", n);
    EXPECT_TRUE(has(message, R"("dedup_key":"arn:aws:ec2:)"));
    return message.substr(17, message.find('"', 17) - 17);
  };
  const auto transition = NotificationKind::transition;
  EXPECT_EQ(action(transition, Phase::degraded, 17), "trigger");
  EXPECT_EQ(action(transition, Phase::stable, 9), "resolve");
  EXPECT_EQ(action(transition, Phase::stopped, 9), "resolve");
  EXPECT_EQ(action(transition, Phase::gone, 9), "resolve");
  EXPECT_EQ(action(transition, Phase::gone, 13), "trigger") << "a person ended it";
  EXPECT_EQ(action(transition, Phase::stopped, 17), "trigger");
  EXPECT_EQ(action(transition, Phase::degraded, 9), "none") << "somebody said that it is benign";
  EXPECT_EQ(action(transition, Phase::changing, 9), "none");
  EXPECT_EQ(action(transition, Phase::unknown, 9), "none");
  EXPECT_EQ(action(NotificationKind::failed, Phase::stable, 13), "trigger");
  EXPECT_EQ(action(NotificationKind::changed, Phase::stable, 9), "none");
  EXPECT_EQ(action(NotificationKind::amended, Phase::gone, 13), "trigger") << "known late";
  EXPECT_EQ(action(NotificationKind::amended, Phase::stable, 9), "none");
  EXPECT_EQ(action(NotificationKind::retracted, Phase::gone, 13), "resolve");
  EXPECT_EQ(action(NotificationKind::stuck, Phase::provisioning, 17), "trigger");
  EXPECT_EQ(action(NotificationKind::flapping, Phase::stable, 13), "trigger");
  EXPECT_EQ(action(NotificationKind::flapping, Phase::stable, 9), "resolve") << "it is calm";
  EXPECT_EQ(action(NotificationKind::flapping, Phase::degraded, 9), "none") << "and still wrong";
}

TEST(SinkFormats, pagerduty_severities_follow_ours) {
  const ReadFormats read("");
  Notification n = example_notification();
  n.phase = Phase::degraded;
  for (const auto& [ours, theirs] : std::initializer_list<std::pair<uint8_t, const char*>>{
           {13, "warning"}, {17, "error"}, {21, "critical"}}) {
    n.severity = ours;
    EXPECT_TRUE(has(read.render("pagerduty", n), std::string("\"severity\":\"") + theirs + "\""));
  }
}

TEST(SinkFormats, a_mail_gives_the_reason_as_the_cause_where_nobody_is_known) {
  const ReadFormats read{std::string(kOwnFormats)};
  Notification n = example_notification();
  n.cause = {.reason = "Errors was 9, above 5"};
  const std::string mail = read.render("email", n);
  EXPECT_TRUE(has(mail, R"(Cause      Errors was 9, above 5\n)")) << mail;
  n.cause.reason = {};
  EXPECT_TRUE(has(read.render("email", n), R"(Cause      unknown\n)"));
}

TEST(SinkFormats, a_mail_breaks_long_words_between_their_parts) {
  const ReadFormats read{std::string(kOwnFormats)};
  Notification n = example_notification();
  n.kind = NotificationKind::changed;
  const std::vector<Change> changes = {{.path = "Rule[a.b].Status", .to = "1.5"},
                                       {.path = "Logs", .to = "s3://<a>/b"}};
  n.changes = changes;
  const std::string mail = read.render("email", n);
  EXPECT_TRUE(has(mail, ">Rule[a.<wbr>b].<wbr>Status → 1.5</div>")) << mail;
  EXPECT_TRUE(has(mail, "text-indent:-12px;\\\">Logs → s3:/<wbr>/<wbr>&lt;a&gt;/<wbr>b</div>"))
      << "of two lines, each hangs by itself" << mail;
  EXPECT_TRUE(has(mail, ">eu-west-1</td>")) << mail;
  EXPECT_TRUE(has(mail, ":instance/<wbr>i-0a1b2c3d4e5f60001</td>")) << mail;
}

TEST(SinkFormats, a_mail_says_it_all_in_its_subject) {
  const ReadFormats read{std::string(kOwnFormats)};
  Notification n = example_notification();
  EXPECT_TRUE(
      read.render("email", n)
          .starts_with(
              R"({"subject":"EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 is running; started by )"
              R"(alice in the console")"));
  n.phase = Phase::degraded;
  n.severity = 17;
  n.name = "<script>alert(1)</script>";
  const std::string mail = read.render("email", n);
  EXPECT_TRUE(mail.starts_with(R"({"subject":"[ERROR] EC2 instance <script>)"));
  const std::string html = mail.substr(mail.find("\"html\""), mail.find("\"resource\":\"arn"));
  EXPECT_TRUE(has(html, "&lt;script&gt;alert(1)"));
  EXPECT_FALSE(has(html.substr(0, html.find("\"data\"")), "<script>"));
  EXPECT_TRUE(has(read.render_for("email", "page/v1", n), R"(","html":"<p>&lt;script)"));
  EXPECT_TRUE(has(read.render_for("email", "own/v1", n), R"(","text":"<script>)"));
  EXPECT_FALSE(has(read.render_for("email", "own/v1", n), R"("html":)"));
}

TEST(MessageParts, links_lead_to_the_console_of_the_partition) {
  Notification n = example_notification();
  n.resource.id = "arn:aws-cn:s3:::a b&c";
  EXPECT_EQ(parts_of(n).links.at(0).url,
            "https://console.amazonaws.cn/go/view?arn=arn:aws-cn:s3:::a%20b%26c");
  n.resource.id = "/subscriptions/1/vm";
  n.cause = {};
  EXPECT_TRUE(parts_of(n).links.empty());
}

std::string fact(const MessageParts& parts, std::string_view label) {
  for (const MessageFact& each : parts.facts) {
    if (each.label == label) return each.value;
  }
  return {};
}

TEST(MessageParts, what_is_gone_has_no_link_to_the_console) {
  Notification n = example_notification();
  n.phase = Phase::gone;
  // Who did it can still be looked up.
  ASSERT_EQ(parts_of(n).links.size(), 1u);
  EXPECT_EQ(parts_of(n).links[0].url,
            "https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/"
            "3f1f6a5e-0d3c-4a6e-9a2b-5b8f7c2d1e00");
}

TEST(MessageParts, a_region_is_no_zone) {
  Notification n = example_notification();
  n.resource.zone = "eu-west-1a";
  EXPECT_EQ(fact(parts_of(n), "Region"), "eu-west-1");
  EXPECT_EQ(fact(parts_of(n), "Zone"), "eu-west-1a");
}

TEST(MessageParts, what_comes_within_its_usual_time_is_not_late) {
  Notification n = example_notification();
  n.delay = std::chrono::minutes(12);
  EXPECT_EQ(parts_of(n).late, ", arrived 12 min late");
  n.origin.system = "aws.cloudtrail";
  EXPECT_EQ(parts_of(n).late, "");
  n.delay = std::chrono::hours(5);
  EXPECT_EQ(parts_of(n).late, ", arrived 5 h late");
  const ReadFormats read("");
  for (const char* kind : {"slack", "teams", "email"}) {
    EXPECT_TRUE(has(read.render(kind, n), "arrived 5 h late")) << kind;
  }
}

TEST(MessageParts, an_account_has_its_name_and_owner) {
  Notification n = example_notification();
  EXPECT_EQ(fact(parts_of(n), "Account"), "123456789012");
  n.account_name = "shop-prod";
  n.account_owner = "team-shop";
  EXPECT_EQ(fact(parts_of(n), "Account"), "shop-prod (123456789012), owned by team-shop");
}

TEST(MessageParts, say_to_whom_and_why_they_are_sent) {
  const ReadFormats read("");
  Notification n = example_notification();
  EXPECT_EQ(parts_of(n).why, "");
  n.subscription = "people";
  EXPECT_EQ(parts_of(n).why, "Sent to people, which wants everything");
  n.why = "state.phase is stable";
  EXPECT_EQ(parts_of(n).why, "Sent to people because state.phase is stable");
  for (const char* kind : {"slack", "teams", "email"}) {
    EXPECT_TRUE(has(read.render(kind, n), "Sent to people because state.phase is stable")) << kind;
  }
}

Links links_of(const std::string& yaml, std::string& problems) {
  Problems found;
  const auto document = Document::parse("statewire.yaml", yaml, found);
  Links links = document ? Links::read(document->root().find("links")) : Links();
  problems = found.to_text();
  return links;
}

TEST(Links, are_for_a_type_or_for_tags) {
  std::string problems;
  const Links links = links_of(
      "links:\n"
      "  - {title: all, url: \"https://a.example/{{resource.name}}?tag={{resource.tags.team}}\"}\n"
      "  - {title: ec2, type: \"AWS::EC2::*\", url: \"https://b.example/\"}\n"
      "  - {title: other, type: [AWS::RDS::DBInstance], url: \"https://c.example/\"}\n"
      "  - {title: team, tags: {team: shop}, url: \"https://d.example/\"}\n"
      "  - {title: other team, tags: {team: pay}, url: \"https://e.example/\"}\n",
      problems);
  EXPECT_EQ(problems, "");
  Notification n = example_notification();
  n.name = "a b/c";
  n.links = &links;
  std::string titles;
  for (const MessageLink& link : parts_of(n).links) titles += link.title + ", ";
  EXPECT_EQ(titles, "all, ec2, team, Open in the AWS console, Show the call in CloudTrail, ");
  EXPECT_EQ(parts_of(n).links[0].url, "https://a.example/a%20b%2Fc?tag=shop");
}

TEST(Links, what_is_wrong_is_a_problem) {
  std::string problems;
  links_of("links: [{title: x, url: \"https://a.example/{{resource.nam}}\"}]", problems);
  EXPECT_TRUE(has(problems, "resource.nam: no such field; did you mean")) << problems;
  links_of("links: [{title: x, url: \"javascript:alert(1)\"}]", problems);
  EXPECT_TRUE(has(problems, "http:// or https://")) << problems;
  links_of("links: [{title: x, url: \"https://a/{{x\"}, {url: \"https://a/\", typ: y}]", problems);
  EXPECT_TRUE(has(problems, "{{ without }}")) << problems;
  EXPECT_TRUE(has(problems, "missing key \"title\"")) << problems;
  EXPECT_TRUE(has(problems, "did you mean \"type\"")) << problems;
}

TEST(MessageParts, subjects_are_cut_between_words) {
  EXPECT_EQ(shortened_between_words("one two", 7), "one two");
  EXPECT_EQ(shortened_between_words("one two three", 10), "one two …");
  EXPECT_EQ(shortened_between_words("one twotwotwotwo", 12), "one twotwot…");
}

TEST(MessageParts, say_severity_kind_and_each_change) {
  Notification n = example_notification();
  n.kind = NotificationKind::changed;
  n.severity = kWarn;
  static constexpr Change kTwo[] = {{"size", "1", "2"}, {"open", "", "<true>"}};
  n.changes = kTwo;
  const MessageParts parts = parts_of(n);
  EXPECT_EQ(parts.badge, "warning · changed");
  EXPECT_EQ(fact(parts, "Changes"), "size 1 → 2\nopen → <true>");
  EXPECT_EQ(on_one_line(fact(parts, "Changes")), "size 1 → 2, open → <true>");
}

TEST(MessageParts, tools_have_the_names_that_people_use) {
  Notification n = example_notification();
  const auto cause_with = [&](std::string_view tool) {
    n.cause.tool = tool;
    return fact(parts_of(n), "Cause");
  };
  EXPECT_EQ(cause_with("terraform"), "human (likely): alice, Terraform, StartInstances");
  EXPECT_EQ(cause_with("aws-cli"), "human (likely): alice, AWS CLI, StartInstances");
  EXPECT_EQ(cause_with("console"), "human (likely): alice, console, StartInstances");
  EXPECT_EQ(cause_with("own-tool"), "human (likely): alice, own-tool, StartInstances");
  n.owner = {.inventory = "shop", .tool = "terraform", .address = "aws_instance.web"};
  EXPECT_EQ(fact(parts_of(n), "Code"), "aws_instance.web in shop (Terraform)");
}

TEST(MessageParts, what_stands_before_who_and_who_before_where) {
  Notification n = example_notification();
  const std::vector<Change> changes = {{.path = "size", .to = "2"}};
  n.changes = changes;
  n.cause.address = "203.0.113.17";
  n.resource.zone = "eu-west-1a";
  n.owner = {.inventory = "shop", .tool = "terraform", .address = "aws_instance.web"};
  std::string labels;
  for (const MessageFact& each : parts_of(n).facts) labels.append(each.label).append(" ");
  EXPECT_EQ(labels, "Changes State Before Cause From Code Account Region Zone Resource Type Tags ");
}

TEST(MessageParts, are_shortened_by_characters) {
  EXPECT_EQ(shortened("äöü", 3), "äöü");
  EXPECT_EQ(shortened("äöüß", 3), "äö…");
}

}  // namespace
}  // namespace statewire
