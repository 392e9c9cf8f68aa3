#include "api/api_for_test.h"

namespace statewire {
namespace {

class ParkedTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    take(test_event(1, "pending", 1) + "\n" + test_event(2, "running", 1));
    Settlement settlement;
    settlement.parked_put = {parked(1, test_instance(1)), parked(2, test_instance(2))};
    ASSERT_TRUE(store_->settle(settlement).ok());
    take(test_event(1, "running", 2));
  }

  static Parked parked(uint64_t sequence, std::string resource) {
    Parked result;
    result.delivery.subscription = "pager";
    result.delivery.sequence = sequence;
    result.delivery.id = "d" + std::to_string(sequence);
    result.delivery.resource = std::move(resource);
    result.delivery.type = "statewire.resource.transition.v1";
    result.delivery.content_type = "text/plain";
    result.delivery.payload = "first\nsecond";
    result.delivery.attempts = 3;
    result.delivery.first_attempt = kTestNow;
    result.parked = kTestNow;
    result.last_status = 422;
    result.reason = "rejected: http 422";
    return result;
  }
  size_t count(bool is_pending) {
    size_t result = 0;
    const Result<void> read =
        is_pending ? store_->each_pending("pager", [&](const Pending&) { return ++result; })
                   : store_->each_parked("pager", [&](const Parked&) { return ++result; });
    EXPECT_TRUE(read.ok());
    return result;
  }
};

TEST_F(ParkedTest, parked_deliveries_are_listed_with_their_reason) {
  const std::string body = json("/api/v1/parked");
  EXPECT_TRUE(holds(
      body, R"([{"subscription":"pager","sequence":1,"id":"d1","resource":")" + test_instance(1)));
  EXPECT_TRUE(holds(body, R"("attempts":3,"status":422,"reason":"rejected: http 422",)"
                          R"("first_attempt":"2026-11-23T12:00:00Z",)"
                          R"("parked":"2026-11-23T12:00:00Z","payload_bytes":12})"));
  EXPECT_FALSE(holds(json("/api/v1/parked?resource=i-1002"), "i-1001"));
  EXPECT_EQ(json("/api/v1/parked?subscription=console"), "[]");
}

TEST_F(ParkedTest, one_parked_delivery_is_shown_with_its_payload_as_it_is) {
  EXPECT_TRUE(holds(json("/api/v1/parked/pager/2"),
                    R"("payload":"first\nsecond","content_type":"text/plain"})"));
  EXPECT_EQ(get("/api/v1/parked/pager/3").status, 404);
  EXPECT_EQ(get("/api/v1/parked/pager/x").status, 400);
}

TEST_F(ParkedTest, a_dry_run_says_what_it_would_do_and_does_nothing) {
  const HttpResponse redrive = post("/api/v1/parked/redrive", R"({"dry_run":true})");
  EXPECT_TRUE(holds(redrive.body, R"({"moved":[{"subscription":"pager","sequence":1,)"));
  EXPECT_TRUE(holds(redrive.body, R"("moot":[],"dry_run":true})"));
  EXPECT_EQ(post("/api/v1/parked/drop", R"({"dry_run":true})").status, 200);
  EXPECT_EQ(count(false), 2u);
  EXPECT_EQ(count(true), 0u);
}

TEST_F(ParkedTest, what_a_newer_entry_has_made_moot_stays_if_asked) {
  const HttpResponse response = post("/api/v1/parked/redrive", R"({"skip_moot":true})");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(holds(response.body, R"({"moved":[{"subscription":"pager","sequence":2,)"));
  EXPECT_TRUE(holds(response.body, R"("moot":[{"subscription":"pager","sequence":1,)"));
  EXPECT_EQ(count(false), 1u);
  EXPECT_EQ(count(true), 1u);
}

TEST_F(ParkedTest, a_parked_delivery_is_dropped) {
  const HttpResponse response =
      post("/api/v1/parked/drop", R"({"subscription":"pager","sequence":1})");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(holds(response.body, R"({"dropped":[{"subscription":"pager","sequence":1,)"));
  EXPECT_TRUE(holds(response.body, R"("dry_run":false})"));
  EXPECT_EQ(count(false), 1u);
}

TEST_F(ParkedTest, an_order_that_is_not_understood_does_nothing) {
  for (const char* body :
       {"", "[]", "{\"sequense\":1}", "{\"sequence\":\"1\"}", "{\"dry_run\":1}"}) {
    EXPECT_EQ(post("/api/v1/parked/drop", body).status, 400) << body;
    EXPECT_EQ(post("/api/v1/parked/redrive", body).status, 400) << body;
  }
  EXPECT_EQ(count(false), 2u);
}

}  // namespace
}  // namespace statewire
