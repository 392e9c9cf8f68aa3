#include "config/secret.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/document.h"

namespace statewire {
namespace {

class SecretTest : public testing::Test {
 protected:
  SecretTest()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("statewire_secret_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~SecretTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }
  // Reads a required `password` of a document in the folder.
  std::optional<Secret> read(const std::string& text) {
    problems_ = {};
    auto environment = [](const std::string&) { return std::optional<std::string>("hunter2"); };
    const auto document =
        Document::parse((folder_ / "t.yaml").string(), text, problems_, environment);
    if (!document) return std::nullopt;
    MapReader reader(document->root());
    return required_secret(reader, "password");
  }
  std::string said() const {
    std::string text;
    for (const Problem& problem : problems_.sorted()) {
      text += std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " +
              problem.path + ": " + problem.text + "\n";
    }
    return text;
  }

  const std::filesystem::path folder_;
  Problems problems_;
};

TEST_F(SecretTest, is_read_in_place_or_from_the_environment) {
  EXPECT_EQ(read("password: hunter2").value().reveal(), "hunter2");
  EXPECT_EQ(read("password: ${PASSWORD}").value().reveal(), "hunter2");
  EXPECT_EQ(said(), "");
}

TEST_F(SecretTest, is_read_from_a_file_without_one_newline_at_its_end) {
  write("one", "hunter2\n");
  write("two", "hunter2\n\n");
  write("windows", "hunter2\r\n");
  write("bare", "hunter2");
  EXPECT_EQ(read("password_file: one").value().reveal(), "hunter2");
  EXPECT_EQ(read("password_file: two").value().reveal(), "hunter2\n");
  EXPECT_EQ(read("password_file: windows").value().reveal(), "hunter2");
  EXPECT_EQ(read("password_file: bare").value().reveal(), "hunter2");
  EXPECT_EQ(read("password_file: " + (folder_ / "bare").string()).value().reveal(), "hunter2");
  EXPECT_EQ(said(), "");
}

TEST_F(SecretTest, must_be_given_exactly_once) {
  write("file", "hunter2");
  EXPECT_FALSE(read("{password: hunter2, password_file: file}"));
  EXPECT_EQ(said(), "1:21 password_file: \"password\" is given too; keep one of the two\n");
  EXPECT_FALSE(read("{}"));
  EXPECT_EQ(said(), "1:1 : missing key \"password\" or \"password_file\"\n");
}

TEST_F(SecretTest, may_be_absent_where_it_is_optional) {
  const auto document = Document::parse("t.yaml", "{other: 1}", problems_);
  MapReader reader(document->root());
  EXPECT_FALSE(optional_secret(reader, "password"));
  EXPECT_TRUE(problems_.ok());
  reader.ignore_rest();
}

TEST_F(SecretTest, file_that_cannot_be_read_is_an_error_with_the_reason) {
  write("empty", "\n");
  write("large", std::string(70'000, 'x'));
  EXPECT_FALSE(read("password_file: none"));
  EXPECT_EQ(said(), "1:16 password_file: cannot be read: No such file or directory\n");
  EXPECT_FALSE(read("password_file: ."));
  EXPECT_EQ(said(), "1:16 password_file: cannot be read: Is a directory\n");
  EXPECT_FALSE(read("password_file: empty"));
  EXPECT_EQ(said(), "1:16 password_file: the file is empty\n");
  EXPECT_FALSE(read("password_file: large"));
  EXPECT_EQ(said(), "1:16 password_file: cannot be read: larger than 65,536 bytes\n");
}

TEST_F(SecretTest, endless_file_is_refused) {
  EXPECT_FALSE(read("password_file: /dev/zero"));
  EXPECT_EQ(problems_.errors(), 1u);
}

TEST_F(SecretTest, wrong_value_is_not_told) {
  EXPECT_FALSE(read("password: [hunter2]"));
  EXPECT_EQ(said(), "1:11 password: expected text, found a list\n");
  EXPECT_FALSE(read("password: {hunter2: hunter2}"));
  EXPECT_EQ(said(), "1:11 password: expected text, found a map\n");
  EXPECT_FALSE(read("password:"));
  EXPECT_EQ(said(), "1:1 password: expected text, found nothing\n");
  EXPECT_FALSE(read("password: ''"));
  EXPECT_EQ(said(), "1:11 password: is empty\n");
}

TEST_F(SecretTest, does_not_print_itself) {
  std::ostringstream out;
  out << Secret("hunter2");
  EXPECT_EQ(out.str(), "(secret)");
  EXPECT_EQ(testing::PrintToString(Secret("hunter2")), "(secret)");
}

}  // namespace
}  // namespace statewire
