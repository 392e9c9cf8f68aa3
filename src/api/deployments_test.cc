#include <numeric>
#include <random>
#include <set>

#include "api/api_for_test.h"
#include "api/deployment_runs.h"

namespace statewire {
namespace {

const Time kBegan = *parse_time("2026-11-23T09:00:00Z");

Notification change_by(std::string_view tool, std::string_view actor, std::string_view resource,
                       int minute) {
  Notification notification;
  notification.kind = NotificationKind::changed;
  notification.time = kBegan + std::chrono::minutes(minute);
  notification.resource = {.id = resource, .account = "123456789012", .region = "eu-west-1"};
  notification.cause = {.kind = CauseKind::deployment, .actor = actor, .tool = tool};
  return notification;
}

// Of the stack "shop".
Notification stack_at(Phase phase, std::string_view value, int minute) {
  Notification stack =
      change_by("", "", "arn:aws:cloudformation:eu-west-1:1:stack/shop/0a1b", minute);
  stack.resource.type = "AWS::CloudFormation::Stack";
  stack.name = "shop";
  stack.kind = NotificationKind::transition;
  stack.phase = phase;
  stack.value = value;
  return stack;
}

Notification change_by_stack(std::string_view resource, int minute) {
  Notification change = change_by("cloudformation", "shop", resource, minute);
  change.cause.actor_type = "Stack";
  return change;
}

std::string words_of(const DeploymentRuns& runs) {
  std::string text;
  for (const DeploymentRun& run : runs.newest()) {
    text += run.tool + " " + stacks_text(run.stacks) + " " + run.actor + " " +
            std::to_string(run.changed.size()) + " " + std::to_string(run.failed.size()) + " " +
            format_time(run.times.began).substr(11, 5) + "-" +
            format_time(run.times.until()).substr(11, 5) + "\n";
  }
  return text;
}

TEST(DeploymentRuns, are_told_apart_by_quiet_time_in_any_order) {
  std::vector<Notification> all;
  for (const int minute : {0, 3, 8, 20, 24})
    all.push_back(change_by("terraform", "ci", "a", minute));
  all.push_back(change_by("terraform", "ci", "b", 4));
  all.push_back(change_by("terraform", "bob", "a", 21));
  all.push_back(change_by("pulumi", "ci", "c", 21));
  Notification failed = change_by("terraform", "ci", "d", 25);
  failed.kind = NotificationKind::failed;
  all.push_back(failed);
  Notification stuck = change_by("terraform", "ci", "d", 65);
  stuck.kind = NotificationKind::stuck;
  all.push_back(stuck);
  Notification by_hand = change_by("console", "ann", "a", 22);
  by_hand.cause.kind = CauseKind::human;
  all.push_back(by_hand);
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::ranges::shuffle(all, random);
    DeploymentRuns runs;
    for (const Notification& each : all) runs.add(each);
    EXPECT_EQ(words_of(runs),
              "terraform  ci 1 1 09:20-09:25\n"
              "pulumi  ci 1 0 09:21-09:21\n"
              "terraform  bob 1 0 09:21-09:21\n"
              "terraform  ci 2 0 09:00-09:08\n");
  }
}

// Of orders of what comes in, each answer once.
std::set<std::string> answers_of(const std::vector<Notification>& all, size_t orders,
                                 std::mt19937& random) {
  std::vector<size_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::set<std::string> answers;
  for (size_t i = 0; i < orders; ++i) {
    DeploymentRuns runs;
    for (const size_t place : order) runs.add(all[place]);
    answers.insert(words_of(runs));
    std::ranges::shuffle(order, random);
  }
  return answers;
}

TEST(DeploymentRuns, are_the_same_in_all_orders) {
  Notification failed = change_by_stack("d", 9);
  failed.kind = NotificationKind::failed;
  const std::vector<Notification> all = {stack_at(Phase::changing, "UPDATE_IN_PROGRESS", 0),
                                         change_by_stack("a", 1),
                                         change_by_stack("b", 4),
                                         stack_at(Phase::stable, "UPDATE_COMPLETE", 5),
                                         stack_at(Phase::changing, "UPDATE_IN_PROGRESS", 7),
                                         change_by_stack("c", 8),
                                         failed};
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5, 6};
  do {
    DeploymentRuns runs;
    for (const size_t place : order) runs.add(all[place]);
    ASSERT_EQ(words_of(runs),
              "cloudformation shop  1 1 09:07-09:09\n"
              "cloudformation shop  2 0 09:00-09:05\n");
  } while (std::ranges::next_permutation(order).found);
}

// Ends and starts are lost, too, and things happen in the same minute.
TEST(DeploymentRuns, of_random_draws_are_the_same_in_any_order) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](unsigned bound) { return static_cast<int>(random() % bound); };
    std::vector<Notification> all;
    for (int count = 2 + below(12), minute = 0; count > 0; --count) {
      minute += below(3) == 0 ? below(400) : below(5);
      switch (below(6)) {
        case 0:
          all.push_back(stack_at(Phase::changing, "UPDATE_IN_PROGRESS", minute));
          break;
        case 1:
          all.push_back(stack_at(Phase::stable, "UPDATE_COMPLETE", minute));
          break;
        case 2:
          all.push_back(stack_at(Phase::changing, "UPDATE_ROLLBACK_IN_PROGRESS", minute));
          break;
        case 3:
          all.push_back(stack_at(Phase::stable, "", minute));
          all.back().kind = NotificationKind::changed;
          all.back().cause.actor = below(2) == 0 ? "bob" : "ann";
          break;
        default:
          all.push_back(change_by_stack(std::string_view("abcde").substr(random() % 5, 1), minute));
      }
      all.back().sequence = all.size();
    }
    EXPECT_EQ(answers_of(all, 30, random).size(), 1u);
  }
}

TEST(DeploymentRuns, of_a_stack_are_its_own_whoever_made_it) {
  Notification stack = change_by("", "", "arn:aws:cloudformation:eu-west-1:1:stack/shop/0a1b", 0);
  stack.resource.type = "AWS::CloudFormation::Stack";
  stack.name = "shop";
  stack.cause = {.kind = CauseKind::human, .actor = "bob", .tool = "console"};
  Notification queue = change_by("cloudformation", "shop", "arn:aws:sqs:eu-west-1:1:orders", 1);
  queue.cause.actor_type = "Stack";
  Notification other = change_by("cloudformation", "web", "arn:aws:sqs:eu-west-1:1:pages", 1);
  other.cause.actor_type = "Stack";
  Notification rolled_back = stack;
  rolled_back.kind = NotificationKind::transition;
  rolled_back.phase = Phase::degraded;
  rolled_back.time += std::chrono::minutes(2);
  DeploymentRuns runs;
  for (const Notification& each : {rolled_back, queue, other, stack}) runs.add(each);
  EXPECT_EQ(words_of(runs),
            "cloudformation shop bob 1 0 09:00-09:02\n"
            "cloudformation web  1 0 09:01-09:01\n");
  EXPECT_TRUE(runs.newest().front().is_failed);
  EXPECT_FALSE(runs.newest().back().is_failed);
}

// What the list reads comes the newest first.
TEST(DeploymentRuns, of_a_stack_end_when_it_says_so_and_not_before) {
  std::vector<Notification> all;
  const auto tell = [&](Phase phase, int minute) { all.push_back(stack_at(phase, "", minute)); };
  const auto change = [&](const char* resource, int minute) {
    all.push_back(change_by_stack(resource, minute));
  };
  tell(Phase::changing, 0);
  change("a", 1);
  change("b", 20);
  tell(Phase::stable, 30);
  tell(Phase::changing, 32);
  change("a", 33);
  tell(Phase::stable, 34);
  const std::string_view expected =
      "cloudformation shop  1 0 09:32-09:34\n"
      "cloudformation shop  2 0 09:00-09:30\n";
  DeploymentRuns runs;
  for (const Notification& each : all) runs.add(each);
  EXPECT_EQ(words_of(runs), expected);
  DeploymentRuns backwards;
  for (auto each = all.rbegin(); each != all.rend(); ++each) backwards.add(*each);
  EXPECT_EQ(words_of(backwards), expected);
}

TEST(DeploymentRuns, of_a_stack_that_begins_again_are_two_also_where_the_first_end_is_lost) {
  std::vector<Notification> all;
  const auto tell = [&](Phase phase, std::string_view value, int minute) {
    all.push_back(stack_at(phase, value, minute));
  };
  const auto change = [&](const char* resource, int minute) {
    all.push_back(change_by_stack(resource, minute));
  };
  tell(Phase::changing, "UPDATE_IN_PROGRESS", 0);
  change("a", 1);
  change("b", 27);
  tell(Phase::changing, "UPDATE_ROLLBACK_IN_PROGRESS", 28);
  change("c", 29);
  tell(Phase::changing, "UPDATE_IN_PROGRESS", 31);
  change("a", 33);
  tell(Phase::stable, "UPDATE_COMPLETE", 34);
  const std::string_view expected =
      "cloudformation shop  1 0 09:31-09:34\n"
      "cloudformation shop  3 0 09:00-09:29\n";
  DeploymentRuns backwards;
  for (auto each = all.rbegin(); each != all.rend(); ++each) backwards.add(*each);
  EXPECT_EQ(words_of(backwards), expected);
  DeploymentRuns forwards;
  for (const Notification& each : all) forwards.add(each);
  EXPECT_EQ(words_of(forwards), expected);
  std::mt19937 random(1);
  EXPECT_EQ(answers_of(all, 200, random), std::set<std::string>{std::string(expected)});
}

TEST(DeploymentRuns, of_a_stack_have_the_call_that_was_made_just_before_they_begin) {
  Notification call = stack_at(Phase::stable, "", 7);
  call.kind = NotificationKind::changed;
  call.cause.actor = "bob";
  call.time -= std::chrono::seconds(2);
  // The other is over in the second in which it began.
  const std::vector<Notification> all = {stack_at(Phase::changing, "UPDATE_IN_PROGRESS", 0),
                                         stack_at(Phase::stable, "UPDATE_COMPLETE", 5), call,
                                         stack_at(Phase::changing, "UPDATE_IN_PROGRESS", 7),
                                         stack_at(Phase::stable, "UPDATE_COMPLETE", 7)};
  std::mt19937 random(1);
  EXPECT_EQ(answers_of(all, 200, random),
            std::set<std::string>{"cloudformation shop bob 0 0 09:06-09:07\n"
                                  "cloudformation shop  0 0 09:00-09:05\n"});
}

class DeploymentsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    take(stack_event(1, "CREATE_IN_PROGRESS", 1) + "\n" + queue_event("orders", 2) + "\n" +
         queue_event("pages", 3) + "\n" + stack_event(2, "CREATE_COMPLETE", 4));
    take(stack_event(3, "UPDATE_IN_PROGRESS", 30) + "\n" +
         stack_event(4, "UPDATE_ROLLBACK_FAILED", 32));
  }

  static std::string event(const std::string& id, std::string_view type, int minute,
                           const std::string& detail) {
    return R"({"version":"0","id":")" + id + R"(","detail-type":")" + std::string(type) +
           R"(","source":"aws.cloudformation","account":"123456789012","time":"2026-11-23T09:)" +
           (minute < 10 ? "0" : "") + std::to_string(minute) +
           R"(:00Z","region":"eu-west-1","resources":[")" + kStack +
           R"("],"detail":{"stack-id":")" + kStack + "\"," + detail + "}}";
  }
  static std::string stack_event(int number, std::string_view status, int minute) {
    return event(
        "stack-" + std::to_string(number), "CloudFormation Stack Status Change", minute,
        R"("status-details":{"status":")" + std::string(status) + R"(","status-reason":""})");
  }
  static std::string queue_event(const std::string& name, int minute) {
    return event("queue-" + name, "CloudFormation Resource Status Change", minute,
                 R"("logical-resource-id":"Queue","physical-resource-id":)"
                 R"("https://sqs.eu-west-1.amazonaws.com/123456789012/)" +
                     name +
                     R"(","resource-type":"AWS::SQS::Queue","status-details":)"
                     R"({"status":"CREATE_COMPLETE","status-reason":""})");
  }

  static inline const std::string kStack =
      "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0a1b2c3d-0000-4000-8000-1";
};

TEST_F(DeploymentsTest, are_listed_the_newest_first) {
  EXPECT_TRUE(holds(
      json("/api/v1/deployments"),
      R"({"deployments":[{"status":"failed","began":"2026-11-23T09:30:00Z",)"
      R"("ended":"2026-11-23T09:32:00Z","tool":"cloudformation","stack":"shop",)"
      R"("account":"123456789012","region":"eu-west-1","changed":0,"failed":0,"took_seconds":120)"));
  EXPECT_TRUE(holds(json("/api/v1/deployments"),
                    R"({"status":"well","began":"2026-11-23T09:01:00Z",)"
                    R"("ended":"2026-11-23T09:04:00Z","tool":"cloudformation","stack":"shop",)"
                    R"("account":"123456789012","region":"eu-west-1","changed":2,"failed":0)"));
}

TEST_F(DeploymentsTest, a_filter_names_what_is_wanted) {
  const auto count = [&](const std::string& query) {
    const std::string body = json("/api/v1/deployments" + query);
    simdjson::dom::parser parser;
    return simdjson::dom::array(parser.parse(body)["deployments"]).size();
  };
  EXPECT_EQ(count(""), 2u);
  EXPECT_EQ(count("?limit=1"), 1u);
  EXPECT_EQ(count("?stack=shop&tool=cloudformation&account=123456789012"), 2u);
  EXPECT_EQ(count("?since=2026-11-23T09:10:00Z"), 1u);
  for (const char* other : {"?stack=web", "?tool=terraform", "?account=1", "?actor=bob",
                            "?since=2026-11-23T10:00:00Z"}) {
    EXPECT_EQ(count(other), 0u) << other;
  }
  EXPECT_EQ(get("/api/v1/deployments?stak=shop").status, 400);
}

TEST_F(DeploymentsTest, one_that_ended_since_is_told_from_its_beginning) {
  take(stack_event(5, "UPDATE_IN_PROGRESS", 50));
  clock_.advance(std::chrono::hours(6));
  std::string end = stack_event(6, "UPDATE_COMPLETE", 50);
  end.replace(end.find("T09:"), 4, "T16:");
  take(end);
  EXPECT_TRUE(holds(json("/api/v1/deployments?since=2026-11-23T16:00:00Z"),
                    R"({"status":"well","began":"2026-11-23T09:50:00Z",)"
                    R"("ended":"2026-11-23T16:50:00Z")"));
}

}  // namespace
}  // namespace statewire
