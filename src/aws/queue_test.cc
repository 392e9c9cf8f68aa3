#include "aws/queue.h"

#include "aws/aws_for_test.h"

namespace statewire {
namespace {

std::string where(const AwsHome& home, const std::string& url, std::string_view region = {}) {
  const Result<SqsQueue> queue =
      find_queue(AwsSettings::read(home.surroundings()).value(), url, region);
  if (!queue) return queue.error().text;
  return queue->target.region + " " + queue->target.url + " " + queue->name +
         (queue->is_fifo ? " fifo" : "");
}

TEST(Queue, is_found_by_its_url) {
  AwsHome home;
  EXPECT_EQ(where(home, "https://sqs.eu-west-1.amazonaws.com/123456789012/q"),
            "eu-west-1 https://sqs.eu-west-1.amazonaws.com q");
  EXPECT_EQ(where(home, "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q.fifo"),
            "cn-north-1 https://sqs.cn-north-1.amazonaws.com.cn q.fifo fifo");
  EXPECT_EQ(where(home, "https://eu-west-1.queue.amazonaws.com/123456789012/q"),
            "eu-west-1 https://sqs.eu-west-1.amazonaws.com q");
  EXPECT_EQ(where(home, "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/123456789012/q"),
            "eu-west-1 https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com q");
  EXPECT_EQ(where(home, "http://127.0.0.1:9324/000000000000/q", "eu-west-1"),
            "eu-west-1 http://127.0.0.1:9324 q");
  // What a URL says is called.
  for (const char* host :
       {"sqs-fips.us-east-1.amazonaws.com", "sqs.us-east-1.api.aws", "sqs-fips.us-east-1.api.aws",
        "sqs.cn-north-1.api.amazonwebservices.com.cn", "sqs.us-gov-west-1.amazonaws.com",
        "sqs-fips.us-gov-west-1.amazonaws.com", "sqs.us-iso-east-1.c2s.ic.gov"}) {
    const std::string url = "https://" + std::string(host);
    const std::string region = url.substr(url.find('.') + 1);
    EXPECT_EQ(where(home, url + "/123456789012/q"),
              region.substr(0, region.find('.')) + " " + url + " q");
  }
  EXPECT_EQ(where(home, "HTTPS://SQS.EU-WEST-1.AmazonAWS.com:443/123456789012/Q"),
            "eu-west-1 https://sqs.eu-west-1.amazonaws.com Q");
  EXPECT_EQ(where(home, "http://[::1]:9324/000000000000/q", "eu-west-1"),
            "eu-west-1 http://[::1]:9324 q");
  home.set("AWS_USE_FIPS_ENDPOINT", "true");
  EXPECT_EQ(where(home, "https://sqs.us-east-1.amazonaws.com/123456789012/q"),
            "us-east-1 https://sqs-fips.us-east-1.amazonaws.com q");
  EXPECT_EQ(where(home, "https://sqs.us-east-1.api.aws/123456789012/q"),
            "us-east-1 https://sqs-fips.us-east-1.api.aws q");
  EXPECT_EQ(where(home, "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/123456789012/q"),
            "eu-west-1 https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com q");
  home.set("AWS_ENDPOINT_URL", "http://127.0.0.1:5000");
  EXPECT_EQ(where(home, "https://sqs.eu-west-1.amazonaws.com/123456789012/q"),
            "eu-west-1 http://127.0.0.1:5000 q");
}

TEST(Queue, a_name_alone_is_no_queue) {
  AwsHome home;
  home.set("AWS_REGION", "eu-west-1");
  for (const char* wrong : {"q", "https://sqs.eu-west-1.amazonaws.com", "https://host/",
                            "arn:aws:sqs:eu-west-1:123456789012:q", "https://me@host/1/q"}) {
    EXPECT_TRUE(where(home, wrong).starts_with("wanted the URL")) << wrong;
  }
}

TEST(S3, buckets_are_named_in_the_host_where_they_can_be) {
  const AwsTarget target{
      .service = kS3, .region = "eu-west-1", .url = "https://s3.eu-west-1.amazonaws.com"};
  const AwsCall call = s3_call(target, "GET", "trail", "a b/c+d");
  EXPECT_EQ(call.target.url + call.path, "https://trail.s3.eu-west-1.amazonaws.com/a%20b/c%2Bd");
  const AwsCall dotted = s3_call(target, "GET", "my.trail", "k");
  EXPECT_EQ(dotted.target.url + dotted.path, "https://s3.eu-west-1.amazonaws.com/my.trail/k");
  EXPECT_TRUE(is_bucket_name("my.trail-1"));
  EXPECT_FALSE(is_bucket_name("evil/../x"));
}

}  // namespace
}  // namespace statewire
