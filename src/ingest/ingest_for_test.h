// An ingest over a store in memory and the catalog of the program, with a clock that stands still.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "ingest/ingest.h"
#include "ingest/refold.h"

namespace statewire {

const Time kNow = *parse_time("2026-11-23T12:00:00Z");

inline std::string event(int instance, std::string_view state, int second, std::string_view id) {
  char time[32];
  std::snprintf(time, sizeof(time), "2026-11-23T09:%02d:%02dZ", second / 60, second % 60);
  return R"({"version":"0","id":")" + std::string(id) +
         R"(","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",)"
         R"("account":"123456789012","time":")" +
         time + R"(","region":"eu-west-1","resources":[],"detail":{"instance-id":"i-)" +
         std::to_string(1000 + instance) + R"(","state":")" + std::string(state) + "\"}}\n";
}

// CloudTrail's record of a call by alice: `time` is like "10:05", `request` has its parameters.
inline std::string call_by_alice(std::string_view source, std::string_view name,
                                 std::string_view time, std::string_view id,
                                 std::string_view request) {
  return R"({"eventVersion":"1.08","eventID":")" + std::string(id) + R"(","eventSource":")" +
         std::string(source) + R"(","eventName":")" + std::string(name) +
         R"(","awsRegion":"eu-west-1","recipientAccountId":"123456789012",)"
         R"("eventTime":"2026-11-23T)" +
         std::string(time) +
         R"(:00Z","userIdentity":{"type":"IAMUser","userName":"alice","arn":)"
         R"("arn:aws:iam::123456789012:user/alice"},"requestParameters":)" +
         std::string(request) + "}\n";
}

inline std::string id_of(int number) { return "7bf73129-1428-4cd3-a780-" + std::to_string(number); }

class IngestTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
    ASSERT_TRUE(catalog.ok()) << catalog.error().text;
    catalog_ = std::make_shared<Catalog>(*std::move(catalog));
    Result<std::unique_ptr<Store>> store = Store::open({});
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
    start();
  }
  void TearDown() override { stop(); }

  void start(IngestLimits limits = {}) {
    ingest_ = std::make_unique<Ingest>(*store_, clock_, Knowledge{catalog_}, limits);
    thread_ = std::thread([this] { ingest_->run(); });
    reading_thread_ = std::thread([this] { ingest_->run_reading(); });
  }
  void stop() {
    if (ingest_ == nullptr) return;
    ingest_->stop();
    thread_.join();
    if (reading_thread_.joinable()) reading_thread_.join();
    ingest_ = nullptr;
  }

  std::future<Result<ChunkFates>> submit(std::string text, CursorUpdate cursor = {}) {
    auto promise = std::make_shared<std::promise<Result<ChunkFates>>>();
    std::future<Result<ChunkFates>> future = promise->get_future();
    text.reserve(text.size() + kPaddingBytes);
    Chunk chunk{.source = "test", .text = std::move(text), .cursor = std::move(cursor)};
    chunk.done = [promise](Result<ChunkFates> fates) { promise->set_value(std::move(fates)); };
    if (Result<void> taken = ingest_->submit(std::move(chunk)); !taken) {
      promise->set_value(taken.error());
    }
    return future;
  }
  ChunkFates fates_of(std::string text) {
    Result<ChunkFates> fates = submit(std::move(text)).get();
    CHECK(fates.ok());
    return *fates;
  }

  Record record_of(int instance) {
    const std::string id =
        "arn:aws:ec2:eu-west-1:123456789012:instance/i-" + std::to_string(1000 + instance);
    const std::string_view view = id;
    std::vector<std::optional<Record>> records;
    CHECK(store_->records({&view, 1}, arena_, records).ok());
    return records[0].value_or(Record{});
  }

  void expect_refolds(TrackLimits limits = {}) {
    const Result<RefoldReport> report = check_store(*store_, limits);
    ASSERT_TRUE(report.ok()) << report.error().text;
    for (const std::string& difference : report->differences) ADD_FAILURE() << difference;
  }

  ManualClock clock_{kNow};
  std::shared_ptr<const Catalog> catalog_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ingest> ingest_;
  std::thread thread_;
  std::thread reading_thread_;
  Arena arena_;
};

}  // namespace statewire
