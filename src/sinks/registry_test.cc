// What holds for every kind of sink.
#include <gtest/gtest.h>
#include <unistd.h>

#include "sinks/sink_fixture_test.h"

namespace statewire {
namespace {

class SinkKinds : public SinkTest {
 protected:
  // What a kind needs beyond its name.
  static std::string valid(const SinkKind& kind) {
    std::string yaml = "kind: " + std::string(kind.name) + "\n";
    if (kind.name == "file") yaml += "path: /nonexistent/out.jsonl\n";
    if (kind.name == "email") yaml += "host: 127.0.0.1\nfrom: a@example.org\nto: b@example.org\n";
    if (kind.name == "slack" || kind.name == "teams") yaml += "url: https://127.0.0.1:1/hook\n";
    if (kind.name == "pagerduty") yaml += "key: 0123456789abcdef0123456789abcdef\n";
    if (kind.name == "eventbridge") yaml += "bus: default\nregion: eu-west-1\n";
    if (kind.name == "lambda") yaml += "function: f\nregion: eu-west-1\n";
    if (kind.name == "s3") yaml += "bucket: archive\nregion: eu-west-1\n";
    if (kind.name == "ses") yaml += "from: a@example.org\nto: b@example.org\nregion: eu-west-1\n";
    if (kind.name == "sns") yaml += "topic: arn:aws:sns:eu-west-1:123456789012:t\n";
    if (kind.name == "sqs") yaml += "queue: https://sqs.eu-west-1.amazonaws.com/123456789012/q\n";
    if (kind.name == "webhook") yaml += "url: http://127.0.0.1:1/hook\n";
    return yaml;
  }
};

TEST_F(SinkKinds, are_found_by_name) {
  for (const SinkKind* kind : sink_kinds()) {
    EXPECT_EQ(find_sink_kind(kind->name), kind);
    EXPECT_FALSE(kind->summary.empty());
    EXPECT_GE(kind->limits.batch_deliveries_max, 1u);
    EXPECT_GE(kind->limits.in_flight_max, 1u);
    EXPECT_TRUE(!kind->limits.is_in_order || kind->limits.in_flight_max == 1);
    EXPECT_TRUE(!kind->limits.is_frozen || kind->limits.is_in_order);
    EXPECT_TRUE(kind->limits.gather == Duration() || kind->limits.is_frozen);
  }
  EXPECT_EQ(find_sink_kind("carrier-pigeon"), nullptr);
}

TEST_F(SinkKinds, open_what_is_valid_and_refuse_unknown_keys) {
  for (const SinkKind* kind : sink_kinds()) {
    EXPECT_NE(open(kind->name, valid(*kind)), nullptr) << kind->name;
    EXPECT_TRUE(problems_->ok()) << problems_->to_text();
    open(kind->name, valid(*kind) + "colour: red\n");
    EXPECT_NE(problems_->to_text().find("colour: unknown key"), std::string::npos)
        << problems_->to_text();
  }
}

TEST_F(SinkKinds, tell_which_key_is_missing) {
  for (const SinkKind* kind : sink_kinds()) {
    const auto sink = open(kind->name, "kind: " + std::string(kind->name));
    EXPECT_EQ(sink == nullptr, !problems_->ok()) << kind->name;
  }
}

// The client has ended, nothing listens, no folder is there: whatever happens, it is told once.
TEST_F(SinkKinds, complete_every_batch_exactly_once) {
  stop_clients();
  for (const SinkKind* kind : sink_kinds()) {
    if (kind->name == "stdout") continue;  // Its lines would be taken for the test's.
    const auto sink = open(kind->name, valid(*kind));
    ASSERT_NE(sink, nullptr);
    const Delivery delivery = delivery_of("{}");
    Outcome outcome;
    sink->deliver({&delivery, 1}, outcome.completion());
    ASSERT_EQ(outcome.wait().size(), 1u) << kind->name;
    EXPECT_NE(outcome.wait()[0].verdict, Verdict::delivered) << kind->name;
    EXPECT_FALSE(outcome.wait()[0].detail.empty());
    EXPECT_EQ(outcome.calls(), 1) << kind->name;
  }
}

TEST_F(SinkKinds, verdicts_have_names) {
  EXPECT_EQ(name_of(Verdict::delivered), "delivered");
  EXPECT_EQ(name_of(Verdict::gone), "gone");
}

}  // namespace
}  // namespace statewire
