#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/base64.h"
#include "cli/commands.h"
#include "cli/terminal_for_test.h"

namespace statewire {
namespace {

constexpr std::string_view kRunning = R"({"source":"aws.ec2","detail":{"state":"running"}})";
constexpr std::string_view kStopped = R"({"source":"aws.ec2","detail":{"state":"stopped"}})";
constexpr std::string_view kCreated = R"({"source":"aws.s3","detail":{"name":"created"}})";
constexpr char kWantsRunning[] = R"({"detail":{"state":["running"]}})";

std::string lines(std::initializer_list<std::string_view> texts) {
  std::string joined;
  for (const std::string_view text : texts) joined.append(text).push_back('\n');
  return joined;
}

class MatchTest : public testing::Test {
 protected:
  MatchTest() {
    char pattern[] = "/tmp/statewire-match-XXXXXX";
    CHECK(::mkdtemp(pattern) != nullptr);
    folder_ = pattern;
  }
  ~MatchTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, std::string_view content) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << content;
    return folder_ + "/" + name;
  }
  int match(std::map<std::string, std::string> options, std::string_view input = {},
            std::vector<std::string> files = {}) {
    RecordedTerminal recorded(input);
    Invocation invocation;
    for (auto& [name, value] : options) invocation.set(name, {value});
    if (!files.empty()) invocation.set("FILES", std::move(files));
    const ExitCode code = run_match(invocation, recorded.terminal());
    out_ = recorded.out();
    err_ = recorded.err();
    return static_cast<int>(code);
  }
  std::string two_patterns() {
    return file("two.jsonl",
                lines({R"({"name":"ec2","pattern":{"source":["aws.ec2"]}})", "",
                       R"({"name":"up \"now\"","pattern":{"detail":{"state":["running"]}}})"}));
  }

  std::string folder_;
  std::string out_;
  std::string err_;
};

TEST_F(MatchTest, lines_that_match_are_printed_as_they_stand) {
  const std::string odd = R"( {"detail" : {"state":"run\u006eing"}, "n": 1.50} )";
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, lines({kRunning, kStopped, odd, kCreated})), 0);
  EXPECT_EQ(out_, lines({kRunning, odd.substr(1, odd.size() - 2)}));
  EXPECT_EQ(err_, "");
}

TEST_F(MatchTest, nothing_that_matches_is_1) {
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, lines({kStopped, kCreated})), 1);
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, ""), 1);
  EXPECT_EQ(out_ + err_, "");
}

TEST_F(MatchTest, a_pattern_may_come_from_a_file) {
  const std::string path = file("p.json", "\n" + std::string(kWantsRunning) + "\n");
  EXPECT_EQ(match({{"--pattern", path}}, lines({kStopped, kRunning})), 0);
  EXPECT_EQ(out_, lines({kRunning}));
  EXPECT_EQ(match({{"--pattern", folder_ + "/none.json"}}, kRunning), 2);
  EXPECT_NE(err_.find("none.json: No such file"), std::string::npos) << err_;
}

TEST_F(MatchTest, files_arrays_and_documents_are_read_as_convert_reads_them) {
  const std::string array =
      file("array.json", "[\n" + std::string(kRunning) + ",\n" + std::string(kStopped) + "\n]");
  const std::string document =
      file("document.json", "{\n  \"detail\": {\"state\": \"running\"}\n}");
  const std::string jsonl = file("lines.jsonl", lines({kStopped, kRunning}));
  const std::string mixed =
      file("mixed.jsonl", lines({kStopped, "[" + std::string(kRunning) + "]", kStopped}));
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, "", {array, document, jsonl, mixed}), 0);
  EXPECT_EQ(out_, lines({kRunning, R"({"detail":{"state":"running"}})", kRunning, kRunning}));
}

TEST_F(MatchTest, the_records_of_a_trail_are_events) {
  constexpr char kRecords[] =
      R"({"Records":[{"eventVersion":"1","eventSource":"ec2.amazonaws.com","n":1},)"
      R"({"eventVersion":"1","eventSource":"s3.amazonaws.com","n":2}]})";
  EXPECT_EQ(match({{"--pattern", R"({"n":[2]})"}}, lines({kRecords, kRecords})), 0);
  EXPECT_EQ(out_, lines({R"({"eventVersion":"1","eventSource":"s3.amazonaws.com","n":2})",
                         R"({"eventVersion":"1","eventSource":"s3.amazonaws.com","n":2})"}));
}

TEST_F(MatchTest, events_inside_of_containers_are_matched_in_lines_and_in_documents) {
  const std::string event = R"("{\"n\":2}")";
  const std::string base64 = "\"" + base64_encoded("{\"n\":2}") + "\"";
  for (const std::string& line :
       {R"({"NextToken":"x","Events":[{"EventName":"y","CloudTrailEvent":)" + event + "}]}",
        R"({"owner":"1","logEvents":[{"message":)" + event + R"(}],"messageType":"DATA_MESSAGE"})",
        R"({"TopicArn":"t","Message":)" + event + R"(,"Type":"Notification"})",
        R"({"Records":[{"body":)" + event + R"(,"eventSource":"aws:sqs"}]})",
        R"({"Records":[{"kinesis":{"data":)" + base64 + R"(},"eventSource":"aws:kinesis"}]})",
        R"({ "awslogs" : {"data":)" + base64 + "}}"}) {
    EXPECT_EQ(match({{"--pattern", R"({"n":[2]})"}}, lines({line, "{\"n\":1}", line})), 0) << line;
    EXPECT_EQ(out_, lines({"{\"n\":2}", "{\"n\":2}"})) << line;
    EXPECT_EQ(err_, "");
    EXPECT_EQ(match({{"--pattern", R"({"n":[2]})"}}, "{\n" + line.substr(1)), 0) << line;
    EXPECT_EQ(out_, "{\"n\":2}\n") << line;
  }
}

TEST_F(MatchTest, a_line_matches_whatever_stands_around_it) {
  const std::string pattern = R"({"a":["x"]})";
  for (const std::string line :
       {R"({"a":"x","n":327267367867168100000})", R"({"n":1e400,"a":"x"})", R"({"a":"x","b":tru})",
        R"({"b":"\udc00","a":"x"})", R"({"\ud83d":1,"a":"x"})",
        R"({"a":"y","n":-99999999999999999999})", R"({"a":"x","b":)", R"({"a":"x"]})"}) {
    const std::string found = match({{"--pattern", pattern}}, line) == 0 ? line + "\n" : "";
    for (const std::string& other :
         {std::string(kRunning), std::string(R"({"b":)"), std::string(R"({"b":1}{"b":2})"),
          std::string("{\n\"b\":1}")}) {
      match({{"--pattern", pattern}}, lines({line, other}));
      EXPECT_EQ(out_, found) << line << " before " << other;
      match({{"--pattern", pattern}}, lines({other, line}));
      EXPECT_EQ(out_, found) << line << " behind " << other;
    }
  }
}

TEST_F(MatchTest, numbers_of_any_size_are_compared) {
  const std::string large = R"({"n":327267367867168100000})";
  EXPECT_EQ(match({{"--pattern", R"({"n":[{"numeric":[">",4000000000]}]})"}},
                  lines({large, R"({"n":1})"})),
            0);
  EXPECT_EQ(out_, lines({large}));
  EXPECT_EQ(match({{"--pattern", R"({"n":[{"numeric":[">",4000000000]}]})"}}, R"({"n":1e400})"), 0);
}

TEST_F(MatchTest, values_of_one_line_are_events_each) {
  const std::string joined = R"({"a":"y"}{"a":"x","n":1}{"a":"x","n":2})";
  for (const std::string& text : {joined, lines({joined}), lines({kRunning, joined, kRunning})}) {
    EXPECT_EQ(match({{"--pattern", R"({"a":["x"]})"}}, text), 0);
    EXPECT_EQ(out_, lines({R"({"a":"x","n":1})", R"({"a":"x","n":2})"}));
  }
}

TEST_F(MatchTest, gzip_is_unpacked) {
  const std::string path = folder_ + "/events.gz";
  const gzFile gzip = gzopen(path.c_str(), "wb");
  gzputs(gzip, lines({kStopped, kRunning}).c_str());
  gzclose(gzip);
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, "", {path}), 0);
  EXPECT_EQ(out_, lines({kRunning}));
}

TEST_F(MatchTest, names_stand_beside_what_matches) {
  EXPECT_EQ(match({{"--patterns", two_patterns()}}, lines({kRunning, kStopped, kCreated})), 0);
  EXPECT_EQ(out_, lines({R"({"names":["ec2","up \"now\""],"event":)" + std::string(kRunning) + "}",
                         R"({"names":["ec2"],"event":)" + std::string(kStopped) + "}"}));
}

TEST_F(MatchTest, counts_are_told_for_each_name) {
  const std::string events = lines({kRunning, kStopped, kCreated});
  EXPECT_EQ(match({{"--patterns", two_patterns()}, {"--count", ""}}, events), 0);
  EXPECT_EQ(out_, "ec2\t2\nup \"now\"\t1\n");
  EXPECT_EQ(match({{"--pattern", kWantsRunning}, {"--count", ""}}, events), 0);
  EXPECT_EQ(out_, "1\n");
  EXPECT_EQ(match({{"--pattern", kWantsRunning}, {"--count", ""}}, lines({kCreated})), 1);
  EXPECT_EQ(out_, "0\n");
}

TEST_F(MatchTest, a_malformed_line_is_named_and_the_rest_is_matched) {
  const std::string path =
      file("events.jsonl", lines({kRunning, R"({"detail": {"state": run)", "7", kRunning}));
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, "", {path}), 2);
  EXPECT_EQ(out_, lines({kRunning, kRunning}));
  EXPECT_NE(err_.find(path + ":2:"), std::string::npos) << err_;
  EXPECT_NE(err_.find(path + ":3: an event must be an object"), std::string::npos) << err_;
}

TEST_F(MatchTest, an_event_that_costs_too_much_is_named_and_the_rest_is_matched) {
  std::string patterns;
  std::string event = R"({"a":"x","b":["y")";
  for (int i = 0; i < 2'000; ++i) {
    const std::string number = std::to_string(i);
    patterns += R"({"name":"n)" + number +
                R"(","pattern":{"a":[{"prefix":"x"}],"b":[{"anything-but":["y","z)" + number +
                "\"]}]}}\n";
  }
  for (int i = 0; i < 20'000; ++i) event += R"(,"y")";
  const std::string path = file("patterns.jsonl", patterns);
  EXPECT_EQ(match({{"--patterns", path}, {"--count", ""}},
                  lines({R"({"a":"x","b":"z7"})", event + "]}", R"({"a":"x","b":"z7"})"})),
            2);
  EXPECT_NE(out_.find("n6\t2\nn7\t0\nn8\t2\n"), std::string::npos) << out_.substr(0, 200);
  EXPECT_EQ(err_.rfind("standard input:2: matching it takes too many steps", 0), 0u) << err_;
}

TEST_F(MatchTest, a_missing_file_is_an_error_and_the_others_are_matched) {
  const std::string path = file("events.jsonl", lines({kRunning}));
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, "", {folder_ + "/none", path}), 2);
  EXPECT_EQ(out_, lines({kRunning}));
  EXPECT_NE(err_.find("none: No such file"), std::string::npos) << err_;
}

TEST_F(MatchTest, what_fails_first_is_explained) {
  EXPECT_EQ(match({{"--pattern", kWantsRunning}, {"--explain", ""}},
                  lines({kRunning, kStopped, kCreated})),
            0);
  EXPECT_EQ(out_,
            "standard input:2: detail.state is \"stopped\", wanted \"running\"\n"
            "standard input:3: detail.state is absent, wanted \"running\"\n");
  EXPECT_EQ(match({{"--patterns", two_patterns()}, {"--explain", ""}}, lines({kCreated})), 1);
  EXPECT_EQ(out_,
            "standard input:1: ec2: source is \"aws.s3\", wanted \"aws.ec2\"\n"
            "standard input:1: up \"now\": detail.state is absent, wanted \"running\"\n");
}

TEST_F(MatchTest, all_that_is_wrong_with_patterns_is_told_with_its_place) {
  const std::string path = file(
      "bad.jsonl",
      lines({R"({"name":"good","pattern":{"a":[1]}})", R"({"name":"é","pattern":{"a":[],"b":1}})",
             R"({"name":"good","pattern":{"a":[2]}})", R"({"name":"cut","pattern":)",
             R"({"name":"more","pattern":{"a":[1]},"when":1})", R"({"pattern":{"a":[1]}})"}));
  for (const char* option : {"--check", "--count"}) {
    EXPECT_EQ(match({{"--patterns", path}, {option, ""}}, kRunning), 2);
    EXPECT_EQ(out_, "");
    EXPECT_NE(err_.find(path + ":2:28: a: "), std::string::npos) << err_;
    EXPECT_NE(err_.find(path + ":2:35: b: "), std::string::npos) << err_;
    EXPECT_NE(err_.find(path + ":3:1: name: \"good\" is the name of line 1"), std::string::npos);
    EXPECT_NE(err_.find(path + ":4:"), std::string::npos) << err_;
    EXPECT_NE(err_.find(path + ":5:1: when: unknown key"), std::string::npos) << err_;
    EXPECT_NE(err_.find(path + ":6:1: name: missing"), std::string::npos) << err_;
    EXPECT_NE(err_.find("6 errors"), std::string::npos) << err_;
  }
}

TEST_F(MatchTest, check_reads_no_events) {
  EXPECT_EQ(match({{"--patterns", two_patterns()}, {"--check", ""}}, "no event"), 0);
  EXPECT_EQ(out_, "2 patterns, no errors\n");
  EXPECT_EQ(match({{"--pattern", "{\n \"a\": 1}"}, {"--check", ""}}), 2);
  EXPECT_EQ(err_.rfind("--pattern:2:7: a: ", 0), 0u) << err_;
}

TEST_F(MatchTest, what_only_event_bridge_refuses_is_told_when_asked_for) {
  const std::pair<std::string, const char*> refused[] = {
      {R"({"a":[{"wildcard":"*:*:*:*:*:event-bus/*"}]})", "too complex"},
      {R"({"a":[{"numeric":["<",1.1234567]}]})", "at most 6 digits behind the point"},
      {R"({"a":[{"numeric":[">=",1e-7]}]})", "at most 6 digits behind the point"},
      {R"({"a":[")" + std::string(2'048, 'x') + R"("]})", "the limit is 2048"},
  };
  for (const auto& [pattern, text] : refused) {
    EXPECT_EQ(match({{"--pattern", pattern}, {"--check", ""}}), 0) << pattern;
    EXPECT_EQ(match({{"--pattern", pattern}, {"--check", ""}, {"--aws", ""}}), 2) << pattern;
    EXPECT_NE(err_.find(text), std::string::npos) << err_;
  }
  for (const std::string pattern :
       {R"({"a":[{"wildcard":"arn:aws:*:*:*:role/*"}]})", R"({"a":[{"numeric":["<",1.123456]}]})",
        R"({"a":[{"numeric":[">",-5.0e9,"<=",5000000000]}]})"}) {
    EXPECT_EQ(match({{"--pattern", pattern}, {"--check", ""}, {"--aws", ""}}), 0) << err_;
  }
  EXPECT_EQ(match({{"--pattern", kWantsRunning}, {"--aws", ""}}, kRunning), 2);
}

TEST_F(MatchTest, one_way_of_matching_must_be_chosen) {
  EXPECT_EQ(match({}, kRunning), 2);
  EXPECT_EQ(match({{"--pattern", kWantsRunning}, {"--patterns", two_patterns()}}, kRunning), 2);
  EXPECT_EQ(match({{"--pattern", kWantsRunning}, {"--count", ""}, {"--explain", ""}}, kRunning), 2);
  EXPECT_EQ(match({{"--patterns", file("empty.jsonl", "\n")}}, kRunning), 2);
  EXPECT_NE(err_.find("no pattern in it"), std::string::npos) << err_;
}

TEST_F(MatchTest, large_inputs_go_through_in_pieces) {
  std::string events;
  for (int i = 0; i < 30'000; ++i) events.append(i % 3 == 0 ? kRunning : kStopped).push_back('\n');
  EXPECT_EQ(match({{"--pattern", kWantsRunning}}, events), 0);
  EXPECT_EQ(out_.size(), 10'000 * (kRunning.size() + 1));
  events += "{\"broken\n";
  EXPECT_EQ(match({{"--pattern", kWantsRunning}, {"--count", ""}}, events), 2);
  EXPECT_EQ(out_, "10000\n");
  EXPECT_EQ(err_.rfind("standard input:30001:", 0), 0u) << err_;
}

}  // namespace
}  // namespace statewire
