// For tests: the API behind a real server on the loopback, over a store in memory.
#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/routes.h"
#include "net/http_client.h"
#include "net/loopback_for_test.h"

namespace statewire {

inline const Time kTestNow = *parse_time("2026-11-23T12:00:00Z");

inline std::string test_instance(int number) {
  return "arn:aws:ec2:eu-west-1:123456789012:instance/i-" + std::to_string(1000 + number);
}

// A native event of one instance; its id follows from all that it says.
inline std::string test_event(int number, std::string_view state, int minute) {
  const std::string at = (minute < 10 ? "0" : "") + std::to_string(minute);
  const std::string id = std::to_string(number) + "-" + at + "-" + std::string(state);
  return R"({"version":"0","id":")" + id +
         R"(","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",)"
         R"("account":"123456789012","time":"2026-11-23T09:)" +
         at + R"(:00Z","region":"eu-west-1","resources":[],"detail":{"instance-id":"i-)" +
         std::to_string(1000 + number) + R"(","state":")" + std::string(state) + "\"}}";
}

class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
    ASSERT_TRUE(catalog.ok()) << catalog.error().text;
    catalog_ = std::make_shared<Catalog>(*std::move(catalog));
    Result<std::unique_ptr<Store>> store = Store::open({});
    ASSERT_TRUE(store.ok()) << store.error().text;
    store_ = *std::move(store);
    subscribe("console", "{}", "text");
    subscribe("pager", R"({"state":{"phase":["degraded","gone"]}})", "json");
    live_.set_readiness(Readiness::serving);
    publish({});
  }
  void TearDown() override { stop(); }

  // Tests that want other limits call it before anything is asked.
  void start(IngestLimits limits = {}, TailLimits tail_limits = {}) {
    ingest_ = std::make_unique<Ingest>(*store_, clock_, Knowledge{catalog_}, limits);
    tail_ = std::make_unique<Tail>(*store_, steady_, tail_limits);
    api_ = std::make_unique<Api>(Api::Parts{
        .store = *store_,
        .ingest = *ingest_,
        .clock = clock_,
        .steady = steady_,
        .live = live_,
        .tail = *tail_,
        .http = client_,
        .version = "0.1.0",
        .store_path = "memory",
        .unpacking = {.inflated_bytes_max = 4 * kBodyBytesMax, .event_bytes_max = 1 << 20},
        .sns = sns_addresses_});
    HttpServerOptions options;
    options.limits.body_bytes_max = kBodyBytesMax;
    options.handler = [this](HttpServerRequest&& request, HttpResponder responder) {
      api_->handle(std::move(request), std::move(responder));
    };
    options.judge_head = [this](const HttpRequestHead& head) { return api_->judge_head(head); };
    server_ = std::make_unique<LoopbackServer>(std::move(options));
    if (!control_socket_.empty()) {
      ASSERT_TRUE(server_->server().listen_unix(control_socket_).ok());
    }
    threads_.emplace_back([this] { ingest_->run(); });
    threads_.emplace_back([this] { tail_->run(); });
    threads_.emplace_back([this] { ingest_->run_reading(); });
    threads_.emplace_back([this] { api_->run(); });
    threads_.emplace_back([this] { api_->run_brief(); });
    threads_.emplace_back([this] { client_.run(); });
    server_->start();
  }

  void stop() {
    if (server_ == nullptr) return;
    ingest_->stop();
    tail_->stop();
    api_->stop();
    client_.stop();
    for (std::thread& thread : threads_) thread.join();
    server_ = nullptr;
  }

  void subscribe(std::string name, std::string_view when, std::string format) {
    Subscription subscription{.name = std::move(name), .when = Pattern::everything()};
    if (when != "{}") subscription.when = std::get<Pattern>(Pattern::compile(when));
    subscription.format = formats_.find(format);
    subscription.format_name = std::move(format);
    subscription.sink_kind = "stdout";
    subscriptions_.push_back(std::move(subscription));
  }

  void publish(std::vector<Token> tokens) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->instance = "test";
    snapshot->formats = &formats_;
    snapshot->subscriptions = subscriptions_;
    snapshot->catalog = catalog_;
    snapshot->tokens = std::move(tokens);
    snapshot->topics = topics_;
    snapshot->rules = &rules_;
    snapshot->ignore = &ignore_;
    snapshot->sources = [this] { return sources_; };
    snapshot->tags = [this] { return tags_; };
    live_.set(std::move(snapshot));
  }

  HttpResponse send(HttpRequest request) {
    if (server_ == nullptr) start();
    request.url = server_->url(request.url);
    Result<HttpResponse> response = fetch(request);
    EXPECT_TRUE(response.ok()) << response.error().text;
    return response ? *std::move(response) : HttpResponse();
  }
  HttpResponse get(std::string path, std::vector<HttpHeader> headers = {}) {
    return send({.url = std::move(path), .headers = std::move(headers)});
  }
  HttpResponse post(std::string path, std::string body, std::vector<HttpHeader> headers = {}) {
    return send({.method = "POST",
                 .url = std::move(path),
                 .headers = std::move(headers),
                 .body = std::move(body)});
  }
  // The body of a 200, which must be JSON.
  std::string json(std::string path) {
    const HttpResponse response = get(std::move(path));
    EXPECT_EQ(response.status, 200) << response.body;
    simdjson::dom::parser parser;
    EXPECT_EQ(parser.parse(response.body).error(), simdjson::SUCCESS) << response.body;
    return response.body;
  }
  void take(const std::string& events) {
    const HttpResponse response = post("/events", events);
    ASSERT_EQ(response.status, 202) << response.body;
  }

  static constexpr uint64_t kBodyBytesMax = 64 << 10;

  std::string control_socket_;  // Empty: none.
  SnsAddresses sns_addresses_;
  std::vector<SnsTopic> topics_;  // Of the next publish().
  std::vector<SourceState> sources_ = {{.name = "bus", .kind = "sqs"}};
  TagLookupCounts tags_;
  IngestRules rules_;
  IgnoreRules ignore_;
  HttpClient client_{HttpClientLimits()};
  ManualClock clock_{kTestNow};
  ManualClock steady_{kTestNow};
  Problems problems_;
  Formats formats_ = Formats::read(Node(), problems_);
  std::shared_ptr<const Catalog> catalog_;
  std::unique_ptr<Store> store_;
  std::vector<Subscription> subscriptions_;
  Live live_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<Tail> tail_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<LoopbackServer> server_;
  std::vector<std::thread> threads_;
};

// Whether `text` holds `part`, with both in the message where it does not.
inline testing::AssertionResult holds(std::string_view text, std::string_view part) {
  if (text.find(part) != text.npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no " << part << " in " << text;
}

}  // namespace statewire
