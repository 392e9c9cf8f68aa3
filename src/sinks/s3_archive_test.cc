// Whatever happens to calls and to the process, each delivery stands in the archive once.
#include <map>

#include "aws/gzip.h"
#include "net/url.h"
#include "sinks/aws_sink_fixture_test.h"

namespace statewire {
namespace {

// A bucket that lists, gives and takes; and can fail, before or after it took.
class FakeBucket {
 public:
  HttpServerResponse answer(const SeenRequest& request) {
    const size_t mark = std::min(request.target.find('?'), request.target.size());
    const std::string path = percent_decode(request.target.substr(0, mark));
    const std::string key = path.substr(std::string("/archive/").size());
    if (request.method == "GET" && key.empty()) return list(request.target.substr(mark + 1));
    if (request.method == "GET") return {.status = 200, .body = objects.at(key)};
    EXPECT_EQ(request.method, "PUT");
    if (fails_before > 0) {
      --fails_before;
      return {.status = 503};
    }
    objects[key] = request.body;
    ++writes;
    if (fails_after > 0) {
      --fails_after;
      return {.status = 500};
    }
    return {.status = 200};
  }

  std::string text() const {
    std::string all;
    for (const auto& [key, body] : objects) {
      if (key.find("/dt=") != key.npos) all += gunzip(body, 1 << 20).value();
    }
    return all;
  }

  std::map<std::string, std::string> objects;
  int writes = 0;
  int fails_before = 0;
  int fails_after = 0;

 private:
  HttpServerResponse list(const std::string& query) const {
    const QueryParameters parameters = parse_query(query);
    const auto value = [&](const char* name) {
      const std::string* found = find_parameter(parameters, name);
      return found == nullptr ? std::string() : *found;
    };
    const std::string prefix = value("prefix");
    std::string xml;
    std::string folder;
    for (const auto& [key, body] : objects) {
      if (!key.starts_with(prefix) || key <= value("start-after")) continue;
      const size_t slash = key.find('/', prefix.size());
      if (value("delimiter").empty() || slash == key.npos) {
        xml += "<Contents><Key>" + key + "</Key></Contents>";
      } else if (key.substr(0, slash + 1) != folder) {
        folder = key.substr(0, slash + 1);
        xml += "<CommonPrefixes><Prefix>" + folder + "</Prefix></CommonPrefixes>";
      }
    }
    return {
        .status = 200,
        .body = "<ListBucketResult><IsTruncated>false</IsTruncated>" + xml + "</ListBucketResult>"};
  }
};

class S3ArchiveTest : public AwsSinkTest {
 protected:
  S3ArchiveTest() {
    start([this](const SeenRequest& request) { return bucket_.answer(request); });
    restart();
  }
  void restart() { sink_ = open("s3", "bucket: archive\nprefix: org"); }
  bool write(uint64_t first, uint64_t last) {
    std::vector<Delivery> batch;
    for (uint64_t i = first; i <= last; ++i) batch.push_back(numbered(i));
    bool all = true;
    for (const Attempt& attempt : deliver(*sink_, batch)) {
      all &= attempt.verdict == Verdict::delivered;
    }
    return all;
  }
  Delivery numbered(uint64_t number) {
    texts_[number] = "{\"n\":" + std::to_string(number) + "}";
    Delivery delivery = delivery_of(texts_[number]);
    delivery.sequence = number;
    return delivery;
  }
  static std::string lines(uint64_t first, uint64_t last) {
    std::string all;
    for (uint64_t i = first; i <= last; ++i) all += "{\"n\":" + std::to_string(i) + "}\n";
    return all;
  }

  FakeBucket bucket_;
  std::map<uint64_t, std::string> texts_;
  std::unique_ptr<Sink> sink_;
};

TEST_F(S3ArchiveTest, objects_are_named_by_date_and_range) {
  EXPECT_TRUE(write(1, 3));
  clock_.advance(std::chrono::hours(24));
  EXPECT_TRUE(write(4, 4));
  EXPECT_EQ(bucket_.objects.begin()->first,
            "org/people/dt=2026-11-23/00000000000000000003-00000000000000000001.jsonl.gz");
  EXPECT_EQ(bucket_.objects.rbegin()->first,
            "org/people/dt=2026-11-24/00000000000000000004-00000000000000000004.jsonl.gz");
  EXPECT_EQ(bucket_.text(), lines(1, 4));
}

TEST_F(S3ArchiveTest, a_write_that_was_taken_and_failed_replaces_itself) {
  bucket_.fails_after = 1;
  EXPECT_FALSE(write(1, 3));
  EXPECT_TRUE(write(1, 5)) << "more came meanwhile";
  EXPECT_EQ(bucket_.text(), lines(1, 5));
  EXPECT_EQ(bucket_.objects.size(), 2u);
}

TEST_F(S3ArchiveTest, a_restart_repeats_and_leaves_no_double_and_no_hole) {
  EXPECT_TRUE(write(1, 3));
  clock_.set(*parse_time("2026-11-23T23:59:59Z"));
  EXPECT_TRUE(write(4, 6));
  clock_.set(*parse_time("2026-11-24T00:00:01Z"));
  bucket_.fails_after = 1;
  EXPECT_FALSE(write(7, 9));
  restart();  // What was settled last is 3.
  EXPECT_TRUE(write(4, 12));
  EXPECT_TRUE(write(13, 13));
  EXPECT_EQ(bucket_.text(), lines(1, 13));
}

TEST_F(S3ArchiveTest, another_journal_with_the_same_numbers_is_not_taken_for_this_one) {
  bucket_.objects["org/people/dt=2026-11-20/00000000000000000003-00000000000000000001.jsonl.gz"] =
      gzipped("{\"other\":1}\n{\"other\":2}\n{\"other\":3}\n");
  EXPECT_TRUE(write(1, 2));
  EXPECT_NE(bucket_.text().find(lines(1, 2)), std::string::npos);
}

TEST_F(S3ArchiveTest, what_a_person_sent_again_is_an_object_of_its_own) {
  EXPECT_TRUE(write(1, 9));
  Delivery delivery = numbered(4);
  delivery.is_redriven = true;
  EXPECT_EQ(deliver(*sink_, {delivery})[0].verdict, Verdict::delivered);
  EXPECT_EQ(bucket_.text(), lines(1, 9));
  EXPECT_TRUE(bucket_.objects.contains(
      "org/people/redriven/00000000000000000004-0123456789abcdef0123456789abcdef.jsonl.gz"));
}

TEST_F(S3ArchiveTest, nothing_behind_a_failure_is_written) {
  bucket_.fails_before = 1;
  EXPECT_FALSE(write(1, 3));
  EXPECT_EQ(bucket_.writes, 0);
  EXPECT_TRUE(write(1, 3));
  EXPECT_EQ(bucket_.text(), lines(1, 3));
}

}  // namespace
}  // namespace statewire
