#include "aws/fault.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace statewire {
namespace {

struct Documented {
  std::string service;
  std::string code;
  int status = 0;
  AwsRemedy remedy = AwsRemedy::none;
};

// What the whole program is driven with, too.
std::vector<Documented> documented() {
  const std::map<std::string, AwsRemedy> remedies{
      {"later", AwsRemedy::time}, {"person", AwsRemedy::person}, {"message", AwsRemedy::request}};
  std::vector<Documented> rows;
  std::ifstream file(SOURCE_DIR "/tests/edges/aws_codes.txt");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with('#')) continue;
    Documented row;
    std::string remedy;
    std::istringstream(line) >> row.service >> row.code >> row.status >> remedy;
    row.remedy = remedies.at(remedy);
    if (row.service == "any") row.service.clear();
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST(Fault, every_documented_code_has_its_remedy) {
  const std::vector<Documented> rows = documented();
  EXPECT_GT(rows.size(), 200u);
  for (const Documented& row : rows) {
    const AwsError error{.service = row.service, .code = row.code, .status = row.status};
    EXPECT_EQ(remedy_for(fault_of(error)), row.remedy) << row.service << " " << row.code;
  }
}

TEST(Fault, codes_are_known_however_they_are_written) {
  for (const char* code : {"KmsThrottled", "KMSThrottled", "com.amazonaws.sqs#KmsThrottled",
                           "KMSThrottlingException", "ThrottlingException:http://x/y"}) {
    EXPECT_EQ(fault_of({.code = code, .status = 400}), AwsFault::throttled) << code;
  }
  EXPECT_EQ(fault_of({.code = "AWS.SimpleQueueService.NonExistentQueue"}), AwsFault::missing);
  EXPECT_EQ(fault_of({.code = "InternalFailure"}), AwsFault::transient);
  EXPECT_EQ(fault_of({.code = "RequestTimeTooSkewed", .status = 403}), AwsFault::skewed);
}

TEST(Fault, what_nobody_knows_may_pass) {
  EXPECT_EQ(fault_of({.code = "NewException", .status = 400}), AwsFault::unknown);
  EXPECT_EQ(fault_of({.code = "NewException"}), AwsFault::unknown) << "a part of a batch";
  EXPECT_EQ(fault_of({.status = 418}), AwsFault::unknown);
  EXPECT_TRUE(may_pass_later(AwsFault::unknown));
  EXPECT_FALSE(is_known({.code = "NewException"}));
}

TEST(Fault, a_service_that_blames_itself_does_not_mean_the_request) {
  const AwsError mine{.code = "InvalidParameterValue", .status = 400, .blame = AwsBlame::caller};
  AwsError theirs = mine;
  theirs.blame = AwsBlame::service;
  EXPECT_EQ(fault_of(mine), AwsFault::invalid);
  EXPECT_EQ(fault_of(theirs), AwsFault::transient);
  theirs.code = "AccessDenied";
  EXPECT_EQ(fault_of(theirs), AwsFault::denied) << "a person must act all the same";
}

TEST(Fault, a_request_is_wrong_only_where_what_it_holds_can_be) {
  EXPECT_EQ(fault_of({.service = "s3", .code = "InvalidArgument", .status = 400}),
            AwsFault::refused);
  EXPECT_EQ(fault_of({.service = "eventbridge", .code = "InvalidArgument"}), AwsFault::invalid);
}

}  // namespace
}  // namespace statewire
