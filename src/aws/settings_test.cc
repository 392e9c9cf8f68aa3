#include "aws/settings.h"

#include <sstream>

#include "aws/aws_for_test.h"
#include "config/read_file.h"

namespace statewire {
namespace {

const AwsService& service_of(const std::string& key) {
  static constexpr const AwsService* kAll[] = {&kSqs, &kSns, &kEventBridge, &kLambda, &kS3,
                                               &kSes, &kSts, &kSso,         &kSsoOidc};
  for (const AwsService* service : kAll) {
    if (service->key == key) return *service;
  }
  CHECK(false);
}

TEST(Endpoints, are_those_that_botocore_calls) {
  const Result<std::string> table =
      read_file(SOURCE_DIR "/src/aws/testdata/endpoints.csv", 1 << 20);
  ASSERT_TRUE(table.ok());
  std::istringstream lines(*table);
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  int count = 0;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string service, region, fips, dual_stack, host;
    std::getline(cells, service, ',');
    std::getline(cells, region, ',');
    std::getline(cells, fips, ',');
    std::getline(cells, dual_stack, ',');
    std::getline(cells, host, ',');
    EXPECT_EQ(aws_host(service_of(service), region,
                       {.fips = fips == "1", .dual_stack = dual_stack == "1"}),
              host);
    ++count;
  }
  EXPECT_EQ(count, 321);
}

std::string url(const AwsHome& home, const AwsService& service, std::string_view region = {}) {
  const Result<AwsSettings> settings = AwsSettings::read(home.surroundings());
  if (!settings) return settings.error().text;
  const Result<AwsTarget> target = settings->target(service, region);
  return target ? target->url : target.error().text;
}

TEST(Settings, a_region_comes_from_the_call_the_environment_or_the_profile) {
  AwsHome home;
  EXPECT_NE(url(home, kSqs).find("no AWS region is known"), std::string::npos);
  home.write(".aws/config", "[default]\nregion = eu-north-1\n");
  EXPECT_EQ(url(home, kSqs), "https://sqs.eu-north-1.amazonaws.com");
  home.set("AWS_DEFAULT_REGION", "eu-south-1");
  EXPECT_EQ(url(home, kSqs), "https://sqs.eu-south-1.amazonaws.com");
  home.set("AWS_REGION", "eu-west-1");
  EXPECT_EQ(url(home, kSqs), "https://sqs.eu-west-1.amazonaws.com");
  EXPECT_EQ(url(home, kSqs, "cn-north-1"), "https://sqs.cn-north-1.amazonaws.com.cn");
  EXPECT_NE(url(home, kSqs, "evil.example/").find("is no AWS region"), std::string::npos);
}

TEST(Settings, the_nearest_configured_endpoint_wins) {
  AwsHome home;
  home.set("AWS_REGION", "eu-west-1");
  home.write(".aws/config",
             "[default]\nendpoint_url = http://profile\nservices = local\n"
             "[services local]\nsqs =\n  endpoint_url = http://section/\n");
  EXPECT_EQ(url(home, kSqs), "http://section");
  EXPECT_EQ(url(home, kSns), "http://profile");
  home.set("AWS_ENDPOINT_URL", "http://all");
  EXPECT_EQ(url(home, kSqs), "http://all");
  home.set("AWS_ENDPOINT_URL_SQS", "http://own");
  EXPECT_EQ(url(home, kSqs), "http://own");
  EXPECT_EQ(url(home, kSsoOidc), "http://all");
  home.set("AWS_ENDPOINT_URL_SQS", "HTTPS://Gateway:443/AWS//");
  EXPECT_EQ(url(home, kSqs), "https://gateway/AWS");
  for (const char* wrong : {"gateway", "ftp://gateway", "http://me@gateway", "http://gateway?x",
                            "http://", "http:///aws", "http://a b"}) {
    home.set("AWS_ENDPOINT_URL_SQS", wrong);
    EXPECT_NE(url(home, kSqs).find("is no URL"), std::string::npos) << wrong;
  }
  home.set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
  EXPECT_EQ(url(home, kSqs), "https://sqs.eu-west-1.amazonaws.com");
}

TEST(Settings, fips_and_dual_stack_are_asked_for_as_elsewhere) {
  AwsHome home;
  home.set("AWS_REGION", "eu-west-1");
  home.set("AWS_USE_FIPS_ENDPOINT", "true");
  home.write(".aws/config", "[default]\nuse_dualstack_endpoint = true\n");
  EXPECT_EQ(url(home, kSqs), "https://sqs-fips.eu-west-1.api.aws");
}

}  // namespace
}  // namespace statewire
