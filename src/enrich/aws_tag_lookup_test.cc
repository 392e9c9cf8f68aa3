// Tags come back as events, and are asked for until they are stored.
#include "enrich/aws_tag_lookup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "aws/aws_for_test.h"
#include "base/comes_for_test.h"

namespace statewire {
namespace {

constexpr const char* kArn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1";
constexpr const char* kOther = "arn:aws:ec2:eu-west-1:123456789012:instance/i-2";

constexpr const char* kBad = "arn:aws:ec2:eu-west-1:123456789012:instance/bad";

class TagLookupTest : public testing::Test {
 protected:
  TagLookupTest() : service_([this](const SeenRequest& request) { return answer(request); }) {
    home_.set("AWS_ENDPOINT_URL", service_.url());
    home_.set("AWS_REGION", "eu-west-1");
    home_.set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    home_.set("AWS_SECRET_ACCESS_KEY", "secret-of-example");
    aws_ = std::make_unique<AwsClient>(http_, clock_, home_.surroundings());
    lookup_ = std::make_unique<AwsTagLookup>(
        *aws_, clock_, [this](std::string lines, AwsTagLookup::Stored done) {
          const std::lock_guard lock(mutex_);
          published_.push_back({std::move(lines), std::move(done)});
          changed_.notify_all();
        });
    aws_thread_ = std::jthread([this] { aws_->run(); });
    lookup_thread_ = std::jthread([this] { lookup_->run(); });
  }
  ~TagLookupTest() override {
    if (lookup_ != nullptr) lookup_->stop();
    aws_->stop();
    http_.stop();
  }

  HttpServerResponse answer(const SeenRequest& request) {
    if (request.body.find("GetCallerIdentity") != std::string::npos) {
      return {.body =
                  "<R><GetCallerIdentityResult><Account>123456789012</Account>"
                  "</GetCallerIdentityResult></R>"};
    }
    if (request.body.find(kBad) != std::string::npos) {
      return json_answer(400, R"({"__type":"InvalidParameterException","message":"no ARN"})");
    }
    return json_answer(status_, std::string(R"({"ResourceTagMappingList":[{"ResourceARN":")") +
                                    kArn + R"(","Tags":[{"Key":"team","Value":"shop"}]}]})");
  }

  void want(std::string_view id) {
    lookup_->want(
        {.id = id, .type = "AWS::EC2::Instance", .account = "123456789012", .region = "eu-west-1"},
        clock_.now());
  }
  // The n-th that was published, from 1.
  std::string published(size_t number) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10),
                                  [&] { return published_.size() >= number; }));
    return published_.size() < number ? "" : published_[number - 1].lines;
  }
  void store(size_t number, bool is_stored) {
    AwsTagLookup::Stored done;
    {
      const std::lock_guard lock(mutex_);
      done = published_.at(number - 1).done;
    }
    done(is_stored);
  }

  struct Published {
    std::string lines;
    AwsTagLookup::Stored done;
  };
  int status_ = 200;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Published> published_;
  AwsHome home_;
  ManualClock clock_{*parse_time("2026-11-23T09:00:00Z")};
  FakeAws service_;
  HttpClient http_{HttpClientLimits{}};
  std::jthread http_thread_{[this] { http_.run(); }};
  std::unique_ptr<AwsClient> aws_;
  std::unique_ptr<AwsTagLookup> lookup_;
  std::jthread aws_thread_;
  std::jthread lookup_thread_;
};

TEST_F(TagLookupTest, what_is_found_and_what_has_no_tags_are_told) {
  want(kArn);
  want(kOther);
  std::string lines = published(1);
  if (lines.find(kOther) == lines.npos) lines += published(2);
  EXPECT_NE(lines.find(R"("tags":[{"key":"team","value":"shop"}])"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"("tags":[])"), std::string::npos) << lines;
  EXPECT_FALSE(lookup_->is_over(kArn));
}

TEST_F(TagLookupTest, what_was_not_stored_is_asked_again) {
  want(kArn);
  const std::string first = published(1);
  store(1, false);
  EXPECT_EQ(published(2), first);
  EXPECT_EQ(lookup_->counts().found, 0u);
  EXPECT_EQ(lookup_->counts().retried, 1u);
  EXPECT_EQ(lookup_->counts().problem, "the tags could not be stored");
  store(2, true);
  EXPECT_EQ(lookup_->counts().found, 1u);
  EXPECT_EQ(lookup_->counts().failed, 0u);
  EXPECT_EQ(lookup_->counts().problem, "");
  EXPECT_EQ(lookup_->ended(), 0u);
  want(kArn);
  EXPECT_NE(published(3), "") << "it may be wanted again";
}

TEST_F(TagLookupTest, what_is_on_its_way_is_not_asked_for_twice) {
  want(kArn);
  published(1);
  want(kArn);
  want(kOther);
  EXPECT_EQ(published(2).find(kArn), std::string::npos);
}

// Built with AddressSanitizer, this fails where the outcome reaches what was destroyed.
TEST_F(TagLookupTest, outcome_after_its_end_does_nothing) {
  want(kArn);
  published(1);
  lookup_->stop();
  lookup_thread_.join();
  lookup_.reset();
  store(1, false);
  store(1, true);
}

TEST_F(TagLookupTest, one_bad_arn_makes_no_other_wait) {
  std::vector<std::string> good;
  for (int i = 0; i < 99; ++i) good.push_back(std::string(kArn) + "-" + std::to_string(i));
  for (int i = 0; i < 40; ++i) want(good[i]);
  want(kBad);
  for (int i = 40; i < 99; ++i) want(good[i]);
  std::string told;
  for (size_t number = 1; std::ranges::count(told, '\n') < 99 && number < 50; ++number) {
    told += published(number);
    ASSERT_FALSE(HasFailure()) << told;
  }
  for (const std::string& id : good) {
    EXPECT_NE(told.find("\"resource-id\":\"" + id + "\""), std::string::npos) << id;
    EXPECT_FALSE(lookup_->is_over(id)) << id;
  }
  comes([&] { return lookup_->is_over(kBad); });
  EXPECT_TRUE(lookup_->is_over(kBad));
  EXPECT_EQ(told.find(kBad), std::string::npos);
  EXPECT_LT(service_.seen().size(), 40u);
}

TEST_F(TagLookupTest, a_refusal_ends_it) {
  status_ = 403;
  want(kArn);
  comes([&] { return lookup_->is_over(kArn); });
  EXPECT_TRUE(lookup_->is_over(kArn));
  EXPECT_EQ(lookup_->ended(), 1u);
  EXPECT_EQ(lookup_->counts().failed, 1u);
  EXPECT_NE(lookup_->counts().problem, "");
  clock_.set(clock_.now() + std::chrono::minutes(11));
  EXPECT_FALSE(lookup_->is_over(kArn)) << "later it may be otherwise";
}

}  // namespace
}  // namespace statewire
