#include "catalog/word.h"

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

TEST(Word, is_the_same_however_a_provider_writes_it) {
  for (const char* state : {"CREATE_FAILED", "CreateFailed", "Create Failed", "create-failed",
                            "create_failed", " create  failed. "}) {
    WordBuffer buffer;
    EXPECT_EQ(plain_word(state, buffer), "create-failed") << state;
  }
  WordBuffer buffer;
  EXPECT_EQ(plain_word("ACTIVE", buffer), "active");
  EXPECT_EQ(plain_word("InService2", buffer), "in-service2");
  EXPECT_EQ(plain_word("", buffer), "");
  EXPECT_EQ(plain_word(std::string(200, 'x'), buffer), "");
}

const char* const kJobs = R"(
entries:
- name: job
  when: {source: [aws.x]}
  resource: {type: AWS::X::Job, id: "{detail.id}"}
  state: ["{detail.state}", "{detail.status}"]
  phases: {READY: stopped}
  otherwise: words
words: {running: changing, failed: degraded, not-running: stopped}
)";

std::string job(const std::string& fields) {
  return R"({"id":"n1","source":"aws.x","detail-type":"J","account":"123456789012",)"
         R"("region":"eu-west-1","time":"2026-11-23T09:00:00Z","detail":{"id":"j1",)" +
         fields + "}}";
}

TEST(Word, says_the_phase_by_its_longest_tail_that_is_known) {
  const std::pair<const char*, Phase> cases[] = {{"RUNNING", Phase::changing},
                                                 {"Running", Phase::changing},
                                                 {"UPDATE_FAILED", Phase::degraded},
                                                 {"NotRunning", Phase::stopped},
                                                 {"READY", Phase::stopped}};
  for (const auto& [state, phase] : cases) {
    const Recognised event(kJobs, job(R"("status":")" + std::string(state) + '"'));
    EXPECT_EQ(event.only().phase, phase) << state;
    EXPECT_EQ(event.only().value, state);
  }
}

TEST(Word, that_no_table_has_leaves_the_event_incomplete) {
  const Recognised event(kJobs, job(R"("state":"Ruminating")"));
  EXPECT_EQ(event->fate, Fate::incomplete);
  EXPECT_EQ(event->reason, "no phase is known of state Ruminating");
  EXPECT_TRUE(event.all().empty());
}

TEST(Word, of_the_first_field_that_is_there_counts) {
  EXPECT_EQ(Recognised(kJobs, job(R"("state":{"a":1},"status":"FAILED")")).only().value, "FAILED");
  EXPECT_EQ(Recognised(kJobs, job(R"("state":"FAILED","status":"RUNNING")")).only().value,
            "FAILED");
  EXPECT_EQ(Recognised(kJobs, job(R"("x":1)"))->reason, "no field detail.state");
}

TEST(Word, is_written_in_the_table_as_it_is_looked_up) {
  EXPECT_NE(problems_of("words: {CREATE_FAILED: degraded}").find("lower case and hyphens"),
            std::string::npos);
  EXPECT_EQ(problems_of("words: {create-failed: degraded}"), "");
}

}  // namespace
}  // namespace statewire
