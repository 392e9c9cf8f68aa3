// One object for each batch, under a name that a repeat has too.
#include <map>

#include "aws/gzip.h"
#include "base/percent.h"
#include "sinks/aws_sink_fixture_test.h"

namespace statewire {
namespace {

class S3SinkTest : public AwsSinkTest {
 protected:
  S3SinkTest() {
    start([this](const SeenRequest& request) {
      EXPECT_EQ(request.method, "PUT");
      objects_[percent_decode(request.target)] = request.body;
      return HttpServerResponse{.status = status_, .headers = {{"ETag", "\"1\""}}};
    });
    restart();
  }
  void restart() { sink_ = open("s3", "bucket: archive\nprefix: org"); }

  std::vector<Attempt> write(uint64_t first, uint64_t last) {
    const FrozenBatch frozen{.id = "0123456789abcdef0123456789abcdef",
                             .first_sequence = first,
                             .last_sequence = last,
                             .frozen = *parse_time("2026-11-23T23:59:59Z")};
    std::vector<Delivery> batch;
    for (uint64_t i = first; i <= last; ++i) {
      batch.push_back(numbered(i));
      batch.back().batch = &frozen;
    }
    return deliver(*sink_, batch);
  }
  Delivery numbered(uint64_t number) {
    texts_[number] = "{\"n\":" + std::to_string(number) + "}";
    Delivery delivery = delivery_of(texts_[number]);
    delivery.sequence = number;
    return delivery;
  }

  std::map<std::string, std::string> objects_;
  std::map<uint64_t, std::string> texts_;
  int status_ = 200;
  std::unique_ptr<Sink> sink_;
};

constexpr const char* kKey =
    "/archive/org/people/dt=2026-11-23/"
    "00000000000000000007-00000000000000000009-01234567.jsonl.gz";

TEST_F(S3SinkTest, a_batch_is_an_object_named_by_what_it_was_frozen_with) {
  for (const Attempt& attempt : write(7, 9)) EXPECT_EQ(attempt.verdict, Verdict::delivered);
  ASSERT_EQ(objects_.size(), 1u);
  EXPECT_EQ(objects_.begin()->first, kKey);
  EXPECT_EQ(*gunzip(objects_.begin()->second, 1 << 20), "{\"n\":7}\n{\"n\":8}\n{\"n\":9}\n");
}

TEST_F(S3SinkTest, a_repeat_replaces_itself_also_on_the_next_day) {
  write(7, 9);
  restart();
  clock_.set(*parse_time("2026-11-24T00:00:01Z"));
  write(7, 9);
  EXPECT_EQ(objects_.size(), 1u);
}

TEST_F(S3SinkTest, what_a_person_sent_again_is_an_object_of_its_own) {
  const FrozenBatch frozen{.id = "0123456789abcdef0123456789abcdef"};
  Delivery delivery = numbered(4);
  delivery.is_redriven = true;
  delivery.batch = &frozen;
  EXPECT_EQ(deliver(*sink_, {delivery})[0].verdict, Verdict::delivered);
  EXPECT_EQ(objects_.begin()->first,
            "/archive/org/people/redriven/"
            "00000000000000000004-0123456789abcdef0123456789abcdef.jsonl.gz");
}

TEST_F(S3SinkTest, a_test_stands_beside_the_archive) {
  deliver(*sink_, {numbered(4)});
  EXPECT_EQ(objects_.begin()->first,
            "/archive/org/people/test/0123456789abcdef0123456789abcdef.jsonl.gz");
}

TEST_F(S3SinkTest, without_a_journal_the_name_is_all_of_the_id) {
  write(0, 0);
  EXPECT_EQ(objects_.begin()->first,
            "/archive/org/people/dt=2026-11-23/0123456789abcdef0123456789abcdef.jsonl.gz");
}

TEST_F(S3SinkTest, a_batch_has_one_outcome) {
  for (const auto& [status, wanted] :
       std::initializer_list<std::pair<int, Verdict>>{{500, Verdict::retry},
                                                      {503, Verdict::retry},
                                                      {403, Verdict::unavailable},
                                                      {404, Verdict::unavailable}}) {
    status_ = status;
    for (const Attempt& attempt : write(1, 3)) EXPECT_EQ(attempt.verdict, wanted) << status;
  }
}

}  // namespace
}  // namespace statewire
