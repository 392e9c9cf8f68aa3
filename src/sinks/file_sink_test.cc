#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>

#include "sinks/kinds.h"
#include "sinks/sink_fixture_test.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

class FileSinkTest : public SinkTest {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "file-sink-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = (folder_ / "out.jsonl").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // In the order of their names.
  std::vector<std::string> rotated_texts() const {
    std::vector<std::string> paths;
    for (const auto& file : fs::directory_iterator(folder_)) {
      if (file.path() != path_) paths.push_back(file.path().string());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> texts;
    for (const std::string& path : paths) texts.push_back(text_of(path));
    return texts;
  }
  static std::vector<Attempt> deliver(Sink& sink, const std::vector<std::string>& payloads) {
    std::vector<Delivery> batch;
    for (const std::string& payload : payloads) batch.push_back(delivery_of(payload));
    Outcome outcome;
    sink.deliver(batch, outcome.completion());
    const std::vector<Attempt> attempts = outcome.wait();
    EXPECT_EQ(outcome.calls(), 1);
    EXPECT_EQ(attempts.size(), payloads.size());
    return attempts;
  }

  fs::path folder_;
  std::string path_;
};

TEST_F(FileSinkTest, writes_a_line_a_delivery_behind_what_is_there) {
  std::ofstream(path_) << "old\n";
  const auto sink = make_file_sink({.path = path_}, context_);
  for (const Attempt& attempt : deliver(*sink, {"a", "b"})) {
    EXPECT_EQ(attempt.verdict, Verdict::delivered);
  }
  deliver(*sink, {"c"});
  EXPECT_EQ(text_of(path_), "old\na\nb\nc\n");
}

TEST_F(FileSinkTest, line_breaks_never_make_two_lines_of_one_delivery) {
  const auto sink = make_file_sink({.path = path_}, context_);
  deliver(*sink, {"{\r\n\"a\":1}"});
  Delivery text = delivery_of("x\ny\r");
  text.content_type = "text/plain";
  Outcome outcome;
  sink->deliver({&text, 1}, outcome.completion());
  outcome.wait();
  EXPECT_EQ(text_of(path_), "{  \"a\":1}\nx\\ny\\r\n");
}

TEST_F(FileSinkTest, rotates_before_the_line_that_does_not_fit) {
  const auto sink = make_file_sink({.path = path_, .rotate_bytes = 6}, context_);
  deliver(*sink, {"aa", "bb", "cc", "dd", "longer than all", "ee"});
  EXPECT_EQ(rotated_texts(),
            (std::vector<std::string>{"aa\nbb\n", "cc\ndd\n", "longer than all\n"}));
  EXPECT_EQ(text_of(path_), "ee\n");
  deliver(*sink, {"ff"});
  deliver(*sink, {"gg"});
  EXPECT_EQ(rotated_texts().back(), "ee\nff\n");
  EXPECT_EQ(text_of(path_), "gg\n");
}

// Also where another run, or a clock that was set back, has given the name already.
TEST_F(FileSinkTest, rotation_touches_no_other_file_and_keeps_the_order) {
  ManualClock clock(*parse_time("2026-11-29T17:58:00.123456Z"));
  SinkContext context{
      .http = client_, .clock = clock, .aws = aws_, .mail = mail_, .writers = writers_};
  std::ofstream(path_ + ".20261129T175800.123457Z") << "another\n";
  const auto sink = make_file_sink({.path = path_, .rotate_bytes = 3}, context);
  deliver(*sink, {"aa", "bb"});
  clock.advance(-std::chrono::hours(1));
  deliver(*sink, {"cc", "dd"});
  EXPECT_EQ(text_of(path_ + ".20261129T175800.123458Z"), "aa\n");
  EXPECT_EQ(rotated_texts(), (std::vector<std::string>{"another\n", "aa\n", "bb\n", "cc\n"}));
}

TEST_F(FileSinkTest, file_that_cannot_be_rotated_goes_on) {
  // A name that is too long for its numbered ones.
  const std::string longest = (folder_ / std::string(254, 'x')).string();
  const auto stuck = make_file_sink({.path = longest, .rotate_bytes = 6}, context_);
  for (const Attempt& attempt : deliver(*stuck, {"aa", "bb", "cc", "dd"})) {
    EXPECT_EQ(attempt.verdict, Verdict::delivered) << attempt.detail;
  }
  EXPECT_EQ(text_of(longest), "aa\nbb\ncc\ndd\n");
}

TEST_F(FileSinkTest, file_that_was_moved_away_is_opened_anew) {
  const auto sink = make_file_sink({.path = path_}, context_);
  deliver(*sink, {"a"});
  fs::rename(path_, path_ + ".moved");
  deliver(*sink, {"b"});
  fs::resize_file(path_, 0);
  deliver(*sink, {"c"});
  EXPECT_EQ(text_of(path_ + ".moved"), "a\n");
  EXPECT_EQ(text_of(path_), "c\n");
}

TEST_F(FileSinkTest, line_cut_by_a_crash_is_taken_back) {
  std::ofstream(path_) << "a\nb\ncut";
  const auto sink = make_file_sink({.path = path_}, context_);
  deliver(*sink, {"c"});
  EXPECT_EQ(text_of(path_), "a\nb\nc\n");
}

TEST_F(FileSinkTest, text_without_any_line_is_kept_and_ended) {
  std::ofstream(path_) << "somebody's";
  const auto sink = make_file_sink({.path = path_}, context_);
  deliver(*sink, {"c"});
  EXPECT_EQ(text_of(path_), "somebody's\nc\n");
}

// A limit of the process stands for a full disk: the write is cut short, then refused.
TEST_F(FileSinkTest, partial_write_is_taken_back_and_tried_again) {
  const auto sink = make_file_sink({.path = path_}, context_);
  deliver(*sink, {"first"});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{.rlim_cur = 15, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  const std::vector<Attempt> attempts = deliver(*sink, {"fits", "does not", "nor this"});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, previous);
  EXPECT_EQ(attempts[0].verdict, Verdict::delivered);
  EXPECT_EQ(attempts[1].verdict, Verdict::retry);
  EXPECT_EQ(attempts[2].verdict, Verdict::retry);
  EXPECT_NE(attempts[1].detail.find("too large"), std::string::npos) << attempts[1].detail;
  EXPECT_EQ(text_of(path_), "first\nfits\n");
  deliver(*sink, {"does not", "nor this"});
  EXPECT_EQ(text_of(path_), "first\nfits\ndoes not\nnor this\n");
}

TEST_F(FileSinkTest, what_is_no_file_needs_a_person) {
  for (const std::string& path : {std::string("/dev/full"), folder_.string()}) {
    const auto sink = make_file_sink({.path = path}, context_);
    EXPECT_EQ(deliver(*sink, {"a"})[0].verdict, Verdict::unavailable) << path;
  }
}

TEST_F(FileSinkTest, missing_folder_needs_a_person) {
  const auto sink = make_file_sink({.path = (folder_ / "none" / "out").string()}, context_);
  const Attempt attempt = deliver(*sink, {"a", "b"})[1];
  EXPECT_EQ(attempt.verdict, Verdict::unavailable);
  EXPECT_NE(attempt.detail.find("No such file"), std::string::npos);
  fs::create_directory(folder_ / "none");
  EXPECT_EQ(deliver(*sink, {"a"})[0].verdict, Verdict::delivered);
}

// As on a disk that is full: no file may grow.
TEST_F(FileSinkTest, whose_disk_takes_nothing_is_told_without_a_delivery) {
  const auto sink = open("file", "{path: " + (folder_ / "a.jsonl").string() + "}");
  const auto asked = [&] {
    std::promise<PlaceReport> answer;
    sink->ask_place([&](PlaceReport report) { answer.set_value(std::move(report)); });
    return answer.get_future().get();
  };
  EXPECT_EQ(asked().state, PlaceState::well);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  const PlaceReport report = asked();
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(report.state, PlaceState::wrong);
  EXPECT_NE(report.detail.find("File too large"), std::string::npos) << report.detail;
  EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "nothing is left of it";
}

}  // namespace
}  // namespace statewire
