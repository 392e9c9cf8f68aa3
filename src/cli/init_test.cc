#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "cli/command_line.h"
#include "cli/init_files.h"
#include "cli/terminal_for_test.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr const char* kQueue = "https://sqs.eu-west-1.amazonaws.com/123456789012/statewire";

class InitTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "initXXXXXX";
    folder_ = ::mkdtemp(name.data());
    ::setenv("AWS_REGION", "eu-west-1", 1);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // What `init` says, where a person answers so.
  std::string init(const std::string& answers, ExitCode wanted = ExitCode::well,
                   std::vector<const char*> options = {}, const char* name = "statewire.yaml") {
    RecordedTerminal recorded(answers);
    const std::string path = (folder_ / name).string();
    std::vector<const char*> arguments = {"statewire", "init", path.c_str()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const int count = static_cast<int>(arguments.size());
    EXPECT_EQ(run_command_line(count, arguments.data(), recorded.terminal()), wanted)
        << recorded.out() << recorded.err();
    return recorded.out() + recorded.err();
  }
  std::string text_of(const char* name) const {
    std::ifstream file(folder_ / name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::string store() const { return (folder_ / "store").string(); }

  fs::path folder_;
};

TEST_F(InitTest, every_set_of_answers_gives_a_configuration_that_is_well) {
  for (const char* events : {"http", kQueue, "trail.jsonl"}) {
    for (const char* to : {"stdout", "https://example.org/hook", "ops@example.org",
                           "https://hooks.slack.com/services/a/b/c"}) {
      for (const char* what : {"trouble", "everything"}) {
        const std::string said = init("shop\n" + store() + "\n" + events + "\n" + to + "\n" + what);
        EXPECT_NE(said.find("statewire.yaml: well"), std::string::npos) << said;
        EXPECT_NE(text_of("statewire.yaml").find("instance: shop"), std::string::npos);
        for (const fs::directory_entry& each : fs::directory_iterator(folder_)) {
          fs::remove_all(each.path());
        }
      }
    }
  }
}

TEST_F(InitTest, an_address_stands_in_a_file_of_its_owner_alone) {
  init("\n" + store() + "\n\nhttps://example.org/secret-hook\n\n");
  EXPECT_EQ(text_of("statewire.yaml").find("secret-hook"), std::string::npos);
  EXPECT_EQ(text_of("statewire-address"), "https://example.org/secret-hook\n");
  struct stat status{};
  ASSERT_EQ(::stat((folder_ / "statewire-address").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(InitTest, a_queue_comes_with_all_that_makes_it) {
  init("\n" + store() + "\n" + kQueue + "\n\n\n");
  const std::string stack = text_of("statewire-aws.yaml");
  for (const char* part : {"AWS::SQS::Queue", "AWS::Events::Rule", "AWS::SQS::QueuePolicy",
                           "sqs:ReceiveMessage", "--stack-name statewire ", "123456789012"}) {
    EXPECT_NE(stack.find(part), std::string::npos) << part;
  }
}

TEST_F(InitTest, no_file_is_replaced) {
  init("\n" + store() + "\n\n\n\n");
  const std::string said = init("other\n", ExitCode::usage);
  EXPECT_NE(said.find("is there already"), std::string::npos);
  EXPECT_EQ(text_of("statewire.yaml").find("other"), std::string::npos);
}

// What would be sent to the address of another is not.
TEST_F(InitTest, two_configurations_of_one_folder_have_files_of_their_own) {
  for (const char* name : {"a", "b"}) {
    const std::string address = std::string("https://example.org/") + name;
    init("\n" + store() + "\n" + kQueue + "\n" + address + "\n\n", ExitCode::well, {},
         (std::string(name) + ".yaml").c_str());
    EXPECT_EQ(text_of((std::string(name) + "-address").c_str()), address + "\n");
  }
  EXPECT_NE(text_of("b.yaml").find("url_file: b-address"), std::string::npos);
  EXPECT_NE(text_of("b.yaml").find("b-aws.yaml makes the queue"), std::string::npos);
  EXPECT_NE(text_of("b-aws.yaml").find("--template-file b-aws.yaml"), std::string::npos);
}

TEST_F(InitTest, all_files_are_written_or_none) {
  std::ofstream(folder_ / "statewire-aws.yaml") << "mine";
  const std::string said =
      init("\n" + store() + "\n" + kQueue + "\nhttps://example.org/b\n\n", ExitCode::failed);
  EXPECT_NE(said.find("statewire-aws.yaml is there already; nothing was written"), said.npos)
      << said;
  EXPECT_EQ(said.find("wrote"), said.npos) << said;
  EXPECT_FALSE(fs::exists(folder_ / "statewire.yaml"));
  EXPECT_FALSE(fs::exists(folder_ / "statewire-address"));
  EXPECT_EQ(text_of("statewire-aws.yaml"), "mine");
}

// It would be part of other texts.
TEST_F(InitTest, a_name_that_is_not_plain_names_no_other_file) {
  init("\n" + store() + "\n\nhttps://example.org/b\n\n", ExitCode::well, {}, "my file.yaml");
  EXPECT_EQ(text_of("statewire-address"), "https://example.org/b\n");
}

TEST_F(InitTest, an_answer_that_is_no_answer_is_told) {
  for (const char* answers :
       {"a b\n", "\n\nhttps://example.org/queue\n", "\n\n\nnowhere\n", "\n\n\n\nsomething\n",
        "\n/var/${X}\n", "\n\nstore\n", "\n\narn:aws:sqs:eu-west-1:1:q\n",
        "\n\ns3://bucket/trail\n", "\n\nops@example.org\n", "\n\n./folder/\n"}) {
    init(answers, ExitCode::usage);
    EXPECT_FALSE(fs::exists(folder_ / "statewire.yaml"));
  }
}

TEST_F(InitTest, what_nobody_answers_is_not_guessed) {
  for (const char* answers : {"", "shop\n", "shop\n\n\n\n"}) {
    const std::string said = init(answers, ExitCode::usage);
    EXPECT_NE(said.find("nobody answers, and nothing was written"), std::string::npos) << said;
    EXPECT_FALSE(fs::exists(folder_ / "statewire.yaml"));
  }
  init("", ExitCode::well, {"--yes"});
  EXPECT_TRUE(fs::exists(folder_ / "statewire.yaml"));
}

TEST_F(InitTest, a_wrong_answer_is_asked_for_again) {
  const std::string said = init("a b\nshop\n" + store() + "\n\n\ntroubles\neverything\n");
  EXPECT_NE(said.find("say trouble or everything"), std::string::npos);
  EXPECT_NE(text_of("statewire.yaml").find("instance: shop"), std::string::npos);
}

}  // namespace
}  // namespace statewire
