#include "api/api_for_test.h"

namespace statewire {
namespace {

class ParkedTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    take(test_event(1, "pending", 1) + "\n" + test_event(2, "running", 1));
    Settlement settlement;
    settlement.states = {{"pager", {.cursor = 2, .next_number = 3}}};
    settlement.parked_put = {parked(1, test_instance(1)), parked(2, test_instance(2))};
    ASSERT_TRUE(store_->settle(settlement).ok());
    take(test_event(1, "running", 2));
  }

  static ParkedRow parked(uint64_t sequence, std::string resource) {
    ParkedRow result;
    result.delivery.subscription = "pager";
    result.delivery.number = sequence;
    result.delivery.first_sequence = result.delivery.last_sequence = sequence;
    result.delivery.id = "d" + std::to_string(sequence);
    result.delivery.resource = std::move(resource);
    result.delivery.type = "statewire.resource.transition.v1";
    result.delivery.content_type = "text/plain";
    result.delivery.payload = "first\nsecond";
    result.delivery.attempts = 3;
    result.parked = kTestNow;
    result.last_status = 422;
    result.reason = "rejected: http 422";
    return result;
  }
  size_t waiting() {
    size_t result = 0;
    EXPECT_TRUE(
        store_->each_delivery("pager", 0, [&](uint64_t, const auto&) { return ++result; }).ok());
    return result;
  }
  size_t parked_count() {
    size_t result = 0;
    EXPECT_TRUE(
        store_->each_parked({}, [&](const DeliveryKey&, const auto&) { return ++result; }).ok());
    return result;
  }
};

TEST_F(ParkedTest, parked_deliveries_are_listed_with_their_reason) {
  const std::string body = json("/api/v1/parked");
  EXPECT_TRUE(holds(
      body, R"({"parked":[{"subscription":"pager","number":1,"sequence":1,"id":"d1","resource":")" +
                test_instance(1)));
  EXPECT_TRUE(holds(body, R"("attempts":3,"status":422,"reason":"rejected: http 422",)"
                          R"("parked":"2026-11-23T12:00:00Z","payload_bytes":12})"));
  EXPECT_FALSE(holds(json("/api/v1/parked?resource=i-1002"), "i-1001"));
  EXPECT_EQ(json("/api/v1/parked?subscription=console"), R"({"parked":[]})");
}

TEST_F(ParkedTest, a_page_says_where_the_next_one_begins) {
  const std::string page = json("/api/v1/parked?limit=1");
  EXPECT_TRUE(holds(page, R"("next":"2/pager"})"));
  const std::string next = json("/api/v1/parked?limit=1&after=2/pager");
  EXPECT_FALSE(holds(next, R"("number":1,)"));
  EXPECT_TRUE(holds(next, R"("number":2,)"));
  EXPECT_FALSE(holds(next, "next"));
  EXPECT_EQ(get("/api/v1/parked?after=pager").status, 400);
}

TEST_F(ParkedTest, one_parked_delivery_is_shown_with_its_payload_as_it_is) {
  EXPECT_TRUE(holds(json("/api/v1/parked/pager/2"),
                    R"("payload":"first\nsecond","content_type":"text/plain"})"));
  EXPECT_EQ(get("/api/v1/parked/pager/3").status, 404);
  EXPECT_EQ(get("/api/v1/parked/pager/x").status, 400);
}

TEST_F(ParkedTest, all_that_is_parked_at_one_sequence_is_shown) {
  Settlement settlement;
  ParkedRow other = parked(2, test_instance(2));
  other.delivery.number = 3;
  other.reason = "rejected: b@example.org: smtp 550";
  settlement.states = {{"pager", {.cursor = 2, .next_number = 4}}};
  settlement.parked_put = {other};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const std::string body = json("/api/v1/parked/pager/2");
  EXPECT_TRUE(holds(body, R"("number":2,)"));
  EXPECT_TRUE(
      holds(body, R"("content_type":"text/plain","others":[{"subscription":"pager","number":3,)"));
  EXPECT_TRUE(holds(body, R"("reason":"rejected: b@example.org: smtp 550",)"));
  EXPECT_TRUE(holds(body, R"("payload_bytes":12}]})"));
}

TEST_F(ParkedTest, a_dry_run_says_what_it_would_do_and_does_nothing) {
  const HttpResponse redrive = post("/api/v1/parked/redrive", R"({"dry_run":true})");
  EXPECT_TRUE(holds(redrive.body, R"({"moved":[{"subscription":"pager","number":1,"sequence":1,)"));
  EXPECT_TRUE(holds(redrive.body, R"("moot":[],"moved_count":2,"moot_count":0,"dry_run":true})"));
  EXPECT_EQ(post("/api/v1/parked/drop", R"({"dry_run":true})").status, 200);
  EXPECT_EQ(parked_count(), 2u);
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(ParkedTest, what_a_newer_entry_has_made_moot_stays_if_asked) {
  const HttpResponse response = post("/api/v1/parked/redrive", R"({"skip_moot":true})");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(
      holds(response.body, R"({"moved":[{"subscription":"pager","number":2,"sequence":2,)"));
  EXPECT_TRUE(holds(response.body, R"("moot":[{"subscription":"pager","number":1,"sequence":1,)"));
  EXPECT_EQ(parked_count(), 1u);
  EXPECT_EQ(waiting(), 1u);
}

TEST_F(ParkedTest, a_parked_delivery_is_dropped) {
  const HttpResponse response =
      post("/api/v1/parked/drop", R"({"subscription":"pager","sequence":1})");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(
      holds(response.body, R"({"dropped":[{"subscription":"pager","number":1,"sequence":1,)"));
  EXPECT_TRUE(holds(response.body, R"("dry_run":false})"));
  EXPECT_EQ(parked_count(), 1u);
}

TEST_F(ParkedTest, an_order_that_is_not_understood_does_nothing) {
  for (const char* body :
       {"", "[]", "{\"sequense\":1}", "{\"sequence\":\"1\"}", "{\"dry_run\":1}"}) {
    EXPECT_EQ(post("/api/v1/parked/drop", body).status, 400) << body;
    EXPECT_EQ(post("/api/v1/parked/redrive", body).status, 400) << body;
  }
  EXPECT_EQ(parked_count(), 2u);
}

}  // namespace
}  // namespace statewire
