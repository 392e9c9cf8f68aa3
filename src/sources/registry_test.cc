// What holds for every kind of source.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "aws/aws_for_test.h"
#include "base/comes_for_test.h"
#include "config/document.h"
#include "sources/fake_intake_test.h"
#include "sources/source.h"

namespace statewire {
namespace {

// What sources may use. Nothing that they ask for is answered.
struct Surroundings {
  SystemClock clock;
  AwsHome home;
  HttpClient http{HttpClientLimits{}};
  AwsClient aws{http, clock, home.surroundings()};
  SourceContext context{.clock = clock, .aws = aws};
};

struct Opened {
  Surroundings surroundings;
  std::unique_ptr<Source> source;
  Problems problems;
};

void open(const SourceKind& kind, const std::string& yaml, Opened& opened) {
  const auto document = Document::parse("statewire.yaml", yaml, opened.problems);
  ASSERT_TRUE(document.has_value());
  MapReader keys(document->root());
  keys.required("kind");
  opened.source = kind.open("it", keys, opened.surroundings.context);
  keys.finish();
}

// What a kind needs beyond its name.
std::string valid(const SourceKind& kind) {
  std::string yaml = "kind: " + std::string(kind.name) + "\n";
  if (kind.name == "file") yaml += "path: /nonexistent/*.jsonl\nfollow: true\n";
  if (kind.name == "schedule") yaml += "every: 1h\n";
  if (kind.name == "sqs") yaml += "queue: https://sqs.eu-west-1.amazonaws.com/123456789012/q\n";
  return yaml;
}

TEST(SourceKinds, are_found_by_name) {
  for (const SourceKind* kind : source_kinds()) {
    EXPECT_EQ(find_source_kind(kind->name), kind);
    EXPECT_FALSE(kind->summary.empty());
  }
  EXPECT_EQ(find_source_kind("carrier-pigeon"), nullptr);
}

TEST(SourceKinds, open_what_is_valid_and_refuse_unknown_keys) {
  for (const SourceKind* kind : source_kinds()) {
    Opened good;
    open(*kind, valid(*kind), good);
    EXPECT_TRUE(good.problems.ok()) << good.problems.to_text();
    EXPECT_NE(good.source, nullptr);
    Opened bad;
    open(*kind, valid(*kind) + "colour: red\n", bad);
    EXPECT_NE(bad.problems.to_text().find("colour: unknown key"), std::string::npos)
        << bad.problems.to_text();
  }
}

TEST(SourceKinds, tell_which_key_is_missing) {
  for (const SourceKind* kind : source_kinds()) {
    Opened opened;
    open(*kind, "kind: " + std::string(kind->name), opened);
    EXPECT_EQ(opened.source == nullptr, !opened.problems.ok()) << kind->name;
  }
}

TEST(SourceKinds, return_promptly_when_stopped) {
  for (const SourceKind* kind : source_kinds()) {
    Opened opened;
    open(*kind, valid(*kind), opened);
    FakeIntake intake;
    std::jthread thread([&](std::stop_token stop) { (void)opened.source->run(intake, stop).ok(); });
    const auto begin = std::chrono::steady_clock::now();
    thread.request_stop();
    thread.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << kind->name;
  }
}

TEST(SourceKinds, file_that_is_a_folder_is_warned_of_where_it_is_written) {
  Problems problems;
  const auto document = Document::parse("/tmp/statewire.yaml", "follow: true\npath: ..", problems);
  MapReader keys(document->root());
  Surroundings surroundings;
  EXPECT_NE(find_source_kind("file")->open("it", keys, surroundings.context), nullptr);
  EXPECT_EQ(
      problems.to_text(),
      "/tmp/statewire.yaml:2:7: warning: path: / is a directory; name a regular file, or files "
      "by a pattern such as \"*.jsonl\"\n1 warning\n");
}

TEST(SourceKinds, schedule_that_never_fires_is_refused_and_one_that_is_over_is_warned_of) {
  const auto problems_of = [](const char* cron) {
    Opened opened;
    open(*find_source_kind("schedule"), "kind: schedule\ncron: " + std::string(cron), opened);
    return opened.problems.to_text();
  };
  for (const char* cron : {"0 0 30 2 ? *", "0 0 31 4,6 ? *", "0 0 29 2 ? 2027"}) {
    EXPECT_EQ(problems_of(cron),
              "statewire.yaml:2:7: cron: it never fires: there is no such day\n1 error\n");
  }
  EXPECT_EQ(problems_of("0 0 1 1 ? 2020"),
            "statewire.yaml:2:7: warning: cron: it fires no more: all its times are over\n"
            "1 warning\n");
  EXPECT_EQ(problems_of("0 0 29 2 ? *"), "");
}

TEST(SourceKinds, file_paths_are_relative_to_the_configuration) {
  Problems problems;
  const auto document =
      Document::parse("/nonexistent/statewire.yaml", "path: logs/*.jsonl", problems);
  MapReader keys(document->root());
  Surroundings surroundings;
  const auto source = find_source_kind("file")->open("it", keys, surroundings.context);
  FakeIntake intake;
  const std::jthread running([&](std::stop_token stop) { (void)source->run(intake, stop); });
  comes([&] { return source->trouble().has_value(); });
  ASSERT_TRUE(source->trouble());
  EXPECT_EQ(source->trouble()->reason, "/nonexistent: No such file or directory");
}

}  // namespace
}  // namespace statewire
