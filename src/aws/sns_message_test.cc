#include "aws/sns_message.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

constexpr const char* kTopic = "arn:aws:sns:eu-west-1:123456789012:changes";

SnsTopic topic_of(std::string_view arn) {
  const Result<SnsTopic> topic = parse_sns_topic(arn);
  EXPECT_TRUE(topic.ok()) << arn << ": " << (topic ? "" : topic.error().text);
  return topic ? *topic : SnsTopic();
}

TEST(SnsTopicArn, topics_of_all_partitions_are_read) {
  EXPECT_EQ(topic_of(kTopic).region, "eu-west-1");
  EXPECT_EQ(topic_of("arn:aws:sns:eu-west-1:123456789012:changes.fifo").region, "eu-west-1");
  EXPECT_EQ(topic_of("arn:aws-cn:sns:cn-north-1:123456789012:x").region, "cn-north-1");
  EXPECT_EQ(topic_of("arn:aws-us-gov:sns:us-gov-east-1:123456789012:x").region, "us-gov-east-1");
}

TEST(SnsTopicArn, anything_else_is_refused) {
  for (const char* arn :
       {"", "changes", "arn:aws:sqs:eu-west-1:123456789012:changes", "arn:aws:sns:eu-west-1::x",
        "arn:aws:sns::123456789012:x",
        "arn:aws:sns:eu-west-1:123456789012:", "arn:aws:sns:eu-west-1:123456789012:*",
        "arn:aws:sns:eu-west-1:123456789012:x:sub", "arn:aws:sns:evil.example/:123456789012:x",
        "arn:aws-cn:sns:eu-west-1:123456789012:x", "arn:aws:sns:cn-north-1:123456789012:x"}) {
    EXPECT_FALSE(parse_sns_topic(arn).ok()) << arn;
  }
}

TEST(SnsUrls, certificates_lie_at_the_host_of_the_topics_region) {
  const SnsTopic topic = topic_of(kTopic);
  EXPECT_TRUE(is_certificate_url(
      "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcdef.pem", topic));
  EXPECT_TRUE(is_certificate_url("https://sns.cn-north-1.amazonaws.com.cn/x.pem",
                                 topic_of("arn:aws-cn:sns:cn-north-1:123456789012:x")));
  EXPECT_TRUE(is_certificate_url("https://sns.us-gov-west-1.amazonaws.com/x.pem",
                                 topic_of("arn:aws-us-gov:sns:us-gov-west-1:123456789012:x")));
  for (const char* url :
       {"", "http://sns.eu-west-1.amazonaws.com/x.pem", "https://sns.us-east-1.amazonaws.com/x.pem",
        "https://s3.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com.evil/x.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/x.pem",
        "https://sns.eu-west-1.amazonaws.com\\@evil.example/x.pem",
        "https://sns.eu-west-1.amazonaws.com.cn/x.pem", "https://evil.example/x.pem",
        "https://sns.eu-west-1.amazonaws.com/x.pem?a",
        "https://sns.eu-west-1.amazonaws.com/a/x.pem",
        "https://sns.eu-west-1.amazonaws.com/..%2fx.pem",
        "https://sns.eu-west-1.amazonaws.com/.pem", "https://sns.eu-west-1.amazonaws.com/x.cer",
        "https://SNS.eu-west-1.amazonaws.com/x.pem"}) {
    EXPECT_FALSE(is_certificate_url(url, topic)) << url;
  }
}

TEST(SnsUrls, a_subscription_is_confirmed_for_its_own_topic_only) {
  const SnsTopic topic = topic_of(kTopic);
  const std::string start = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription";
  const std::string arn = "&TopicArn=" + std::string(kTopic);
  EXPECT_TRUE(is_subscribe_url(start + arn + "&Token=abc", topic));
  EXPECT_FALSE(is_subscribe_url(start + "&TopicArn=arn:aws:sns:eu-west-1:1:other&Token=a", topic));
  EXPECT_FALSE(is_subscribe_url(start + "&Token=abc", topic));
  EXPECT_FALSE(is_subscribe_url(
      "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe" + arn + "&Token=abc", topic));
  EXPECT_FALSE(is_subscribe_url("https://evil.example/?Action=ConfirmSubscription" + arn, topic));
  EXPECT_FALSE(is_subscribe_url("http" + start.substr(5) + arn, topic));
}

TEST(SnsUrls, certificates_of_a_region_have_its_name_or_that_of_all) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(certificate_names("eu-west-1"),
            (Names{"sns.amazonaws.com", "sns-signing.eu-west-1.amazonaws.com",
                   "sns-eu-west-1.amazonaws.com"}));
  EXPECT_EQ(certificate_names("cn-north-1")[2], "sns-cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(certificate_names("us-gov-east-1")[3], "sns-us-gov-west-1.amazonaws.com");
  EXPECT_EQ(certificate_names("us-iso-east-1")[2], "sns-us-iso-east-1.c2s.ic.gov");
  EXPECT_EQ(certificate_names("eusc-de-east-1")[1], "sns-signing.eusc-de-east-1.amazonaws.eu");
}

TEST(SnsMessageText, what_is_signed_depends_on_the_type) {
  const Result<SnsMessage> told = parse_sns_message(
      R"({"Type":"Notification","MessageId":"m","TopicArn":"t","Subject":"s","Message":"a\nb",)"
      R"("Timestamp":"2026-11-23T12:00:00Z","SignatureVersion":"1","Signature":"Zm9v",)"
      R"("Token":"not signed here"})");
  ASSERT_TRUE(told.ok()) << told.error().text;
  EXPECT_EQ(
      signed_text(*told),
      "Message\na\nb\nMessageId\nm\nSubject\ns\nTimestamp\n2026-11-23T12:00:00Z\nTopicArn\nt\n"
      "Type\nNotification\n");
  const Result<SnsMessage> asked = parse_sns_message(
      R"({"Type":"SubscriptionConfirmation","MessageId":"m","TopicArn":"t","Message":"a",)"
      R"("Timestamp":"n","SignatureVersion":"2","Signature":"Zm9v","Token":"k",)"
      R"("SubscribeURL":"u"})");
  ASSERT_TRUE(asked.ok()) << asked.error().text;
  EXPECT_EQ(signed_text(*asked),
            "Message\na\nMessageId\nm\nSubscribeURL\nu\nTimestamp\nn\nToken\nk\nTopicArn\nt\nType\n"
            "SubscriptionConfirmation\n");
}

TEST(SnsMessageText, what_is_no_message_is_refused) {
  const std::string rest =
      R"("MessageId":"m","TopicArn":"t","Message":"a","Timestamp":"n","Signature":"Zm9v",)";
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("{}"),
        R"({"Type":"Notice",)" + rest + R"("SignatureVersion":"1"})",
        R"({"Type":"Notification",)" + rest + R"("SignatureVersion":"3"})",
        std::string(R"({"Type":"Notification","SignatureVersion":"1","Signature":""})"),
        std::string(R"({"Type":"Notification","SignatureVersion":"1","Signature":"a b"})")}) {
    EXPECT_FALSE(parse_sns_message(body).ok()) << body;
  }
}

TEST(SnsMessageText, a_message_is_timely_as_long_as_sns_may_try) {
  const Time now = *parse_time("2026-11-23T12:00:00Z");
  const auto at = [&](const char* time) {
    SnsMessage message;
    message.timestamp = time;
    return is_timely(message, now);
  };
  EXPECT_TRUE(at("2026-11-23T11:59:59.123Z"));
  EXPECT_TRUE(at("2026-11-23T10:45:00Z"));
  EXPECT_FALSE(at("2026-11-23T10:44:59Z"));
  EXPECT_TRUE(at("2026-11-23T13:00:00Z"));
  EXPECT_FALSE(at("yesterday"));
}

}  // namespace
}  // namespace statewire
