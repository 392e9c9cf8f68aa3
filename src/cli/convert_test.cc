#include <gtest/gtest.h>
#include <zlib.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "cli/event_input.h"
#include "cli/reply.h"
#include "cli/terminal_for_test.h"

namespace statewire {
namespace {

constexpr std::string_view kId = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001";

std::string instance_event(std::string_view state, int number = 0) {
  return R"({"version":"0","id":"7bf73129-1428-4cd3-a780-)" + std::to_string(1000000 + number) +
         R"(","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",)"
         R"("account":"123456789012","time":"2026-11-23T09:00:12Z","region":"eu-west-1",)"
         R"("resources":[],"detail":{"instance-id":"i-0a1b2c3d4e5f60001","state":")" +
         std::string(state) + R"("}})";
}

class ConvertTest : public testing::Test {
 protected:
  ConvertTest() {
    char pattern[] = "/tmp/statewire-convert-XXXXXX";
    CHECK(::mkdtemp(pattern) != nullptr);
    folder_ = pattern;
  }
  ~ConvertTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, std::string_view content) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << content;
    return folder_ + "/" + name;
  }
  std::string gzip_file(const std::string& name, std::initializer_list<std::string> members) {
    const std::string path = folder_ + "/" + name;
    for (const std::string& member : members) {
      const gzFile gzip = gzopen(path.c_str(), "ab");
      gzwrite(gzip, member.data(), static_cast<unsigned>(member.size()));
      gzclose(gzip);
    }
    return path;
  }
  ExitCode convert(std::vector<std::string> files, std::string format = "csv",
                   std::string_view input = {}) {
    RecordedTerminal recorded(input);
    Invocation invocation;
    invocation.set("FILES", std::move(files));
    invocation.set("--format", {std::move(format)});
    const ExitCode code = run_convert(invocation, recorded.terminal());
    out_ = recorded.out();
    err_ = recorded.err();
    return code;
  }
  static std::string csv(std::string_view state) {
    return "aws.ec2," + std::string(kId) + "," + std::string(state) + "\n";
  }

  std::string folder_;
  std::string out_;
  std::string err_;
};

TEST_F(ConvertTest, events_of_all_files_are_converted_in_order) {
  const std::string lines =
      file("a.jsonl", instance_event("pending") + "\n" + instance_event("running") + "\n");
  const std::string array = file("b.json", "[\n" + instance_event("stopped") + "\n]");
  EXPECT_EQ(convert({lines, array}), ExitCode::well) << err_;
  EXPECT_EQ(out_, csv("pending") + csv("running") + csv("stopped"));
}

TEST_F(ConvertTest, standard_input_is_read_where_no_file_is_named) {
  EXPECT_EQ(convert({}, "csv", instance_event("running")), ExitCode::well);
  EXPECT_EQ(out_, csv("running"));
}

TEST_F(ConvertTest, gzip_is_unpacked_member_after_member_also_on_standard_input) {
  const std::string path =
      gzip_file("a.gz", {instance_event("running") + "\n", instance_event("stopped") + "\n"});
  EXPECT_EQ(convert({path}), ExitCode::well) << err_;
  EXPECT_EQ(out_, csv("running") + csv("stopped"));
  std::ifstream packed(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(packed)), {});
  EXPECT_EQ(convert({}, "csv", bytes), ExitCode::well) << err_;
  EXPECT_EQ(out_, csv("running") + csv("stopped"));
}

TEST_F(ConvertTest, zeros_behind_a_gzip_file_are_nothing) {
  const std::string path = gzip_file("a.gz", {instance_event("running") + "\n"});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) + 100'000);
  EXPECT_EQ(convert({path}), ExitCode::well) << err_;
  EXPECT_EQ(out_, csv("running"));
}

TEST_F(ConvertTest, a_gzip_file_that_ends_too_early_is_an_error_after_what_was_whole) {
  const std::string path = gzip_file("a.gz", {instance_event("running") + "\n"});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4);
  EXPECT_EQ(convert({path}), ExitCode::failed);
  EXPECT_EQ(out_, csv("running"));
  EXPECT_NE(err_.find(path + ": the gzip file ends too early"), std::string::npos) << err_;
}

TEST_F(ConvertTest, a_malformed_event_is_told_with_its_line_and_the_rest_is_converted) {
  const std::string path = file(
      "a.jsonl", instance_event("pending") + "\n{\"broken\n" + instance_event("running") + "\n");
  EXPECT_EQ(convert({path}), ExitCode::failed);
  EXPECT_EQ(out_, csv("pending") + csv("running"));
  EXPECT_EQ(err_.find(path + ":2:"), 0u) << err_;
}

TEST_F(ConvertTest, what_is_not_recognised_prints_nothing) {
  EXPECT_EQ(convert({}, "json", R"({"source":"nobody","detail-type":"knows","detail":{}})"),
            ExitCode::well);
  EXPECT_EQ(out_, "");
}

TEST_F(ConvertTest, each_event_stands_alone) {
  const std::string path =
      file("a.jsonl", instance_event("pending") + "\n" + instance_event("running") + "\n");
  ASSERT_EQ(convert({path}, "json"), ExitCode::well);
  const std::string second = out_.substr(out_.find('\n') + 1);
  const Result<Reply> reply = Reply::parse(second);
  ASSERT_TRUE(reply.ok());
  const JsonElement notification = reply->root();
  EXPECT_EQ(text_at(notification, "source"), "/statewire/local/convert");
  EXPECT_EQ(text_at(notification, "type"), "statewire.resource.transition.v1");
  EXPECT_EQ(text_at(notification, "data.revision"), "0");
  EXPECT_EQ(text_at(notification, "data.state.value"), "running");
  EXPECT_EQ(text_at(notification, "data.state.previous"), "");
  EXPECT_EQ(text_at(notification, "recordedtime"), "");
  EXPECT_EQ(text_at(notification, "sequence"), "");
}

TEST_F(ConvertTest, a_refused_call_has_no_state) {
  const std::string call =
      R"({"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"ci"},)"
      R"("eventTime":"2026-11-23T09:07:31Z","eventSource":"s3.amazonaws.com",)"
      R"("eventName":"DeleteBucket","awsRegion":"eu-west-1","errorCode":"AccessDenied",)"
      R"("requestParameters":{"bucketName":"invoices"},"eventID":"e1","eventType":"AwsApiCall",)"
      R"("recipientAccountId":"123456789012"})";
  ASSERT_EQ(convert({}, "json", call), ExitCode::well) << err_;
  const Result<Reply> reply = Reply::parse(out_);
  ASSERT_TRUE(reply.ok()) << out_;
  EXPECT_EQ(text_at(reply->root(), "type"), "statewire.resource.failed.v1");
  EXPECT_EQ(text_at(reply->root(), "data.state.phase"), "unknown");
  EXPECT_EQ(text_at(reply->root(), "data.state.value"), "");
}

TEST_F(ConvertTest, a_format_that_is_not_there_is_a_wrong_argument) {
  EXPECT_EQ(convert({}, "yaml"), ExitCode::usage);
  EXPECT_NE(err_.find("json, json-data"), std::string::npos) << err_;
}

TEST_F(ConvertTest, a_reader_that_goes_away_ends_it_quietly) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  RecordedTerminal recorded(instance_event("running"));
  Terminal::Streams streams = recorded.terminal().streams();
  streams.out = ends[1];
  Terminal terminal(streams);
  ::signal(SIGPIPE, SIG_IGN);
  Invocation invocation;
  EXPECT_EQ(run_convert(invocation, terminal), ExitCode::well);
  EXPECT_EQ(recorded.err(), "");
  EXPECT_EQ(terminal.write_failure(), "");
  ::close(ends[1]);
}

TEST_F(ConvertTest, a_file_larger_than_a_piece_loses_and_repeats_nothing) {
  std::string text;
  constexpr int kEvents = 12000;
  for (int i = 0; i < kEvents; ++i) text += instance_event("running", i) + "\n";
  ASSERT_GT(text.size(), size_t{2} << 20);
  EXPECT_EQ(convert({file("a.jsonl", text)}, "json"), ExitCode::well);
  std::string_view rest = out_;
  for (int i = 0; i < kEvents; ++i) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    ASSERT_NE(line.find("a780-" + std::to_string(1000000 + i) + "\""), line.npos) << i;
    rest.remove_prefix(line.size() + 1);
  }
  EXPECT_TRUE(rest.empty());
}

TEST_F(ConvertTest, a_document_larger_than_a_piece_is_read_whole) {
  std::string text = "{\"Records\":[\n";
  constexpr int kEvents = 3000;
  for (int i = 0; i < kEvents; ++i) {
    text += (i == 0 ? "  " : ",\n  ") + std::string(R"({"eventVersion":"1.08","eventSource":)") +
            R"("s3.amazonaws.com","eventName":"CreateBucket","awsRegion":"eu-west-1",)" +
            R"("eventTime":"2026-11-23T09:07:31Z","recipientAccountId":"123456789012",)" +
            R"("requestParameters":{"bucketName":"bucket-)" + std::to_string(i) + R"("},)" +
            R"("eventType":"AwsApiCall","eventID":"e)" + std::to_string(i) + R"(","padding":")" +
            std::string(200, 'x') + "\"}";
  }
  text += "\n]}\n";
  ASSERT_GT(text.size(), size_t{1} << 20);
  EXPECT_EQ(convert({file("a.json", text)}), ExitCode::well) << err_.substr(0, 500);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), kEvents);
}

TEST(EventInput, what_a_pipe_has_now_is_handed_out_before_more_comes) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Result<EventInput> input = EventInput::open("-", ends[0]);
  ASSERT_TRUE(input.ok());
  ASSERT_EQ(::write(ends[1], "{}\n{}\n{\"ha", 10), 10);
  const auto first = input->next();
  ASSERT_TRUE(first.ok() && first->has_value());
  EXPECT_EQ((*first)->text, "{}\n{}\n");
  EXPECT_EQ((*first)->begin.line, 1u);
  EXPECT_FALSE(input->is_ready());
  ASSERT_EQ(::write(ends[1], "lf\":1}\n", 7), 7);
  const auto second = input->next();
  ASSERT_TRUE(second.ok() && second->has_value());
  EXPECT_EQ((*second)->text, "{\"half\":1}\n");
  EXPECT_EQ((*second)->begin.line, 3u);
  ::close(ends[1]);
  const auto third = input->next();
  ASSERT_TRUE(third.ok());
  EXPECT_FALSE(third->has_value());
  ::close(ends[0]);
}

}  // namespace
}  // namespace statewire
