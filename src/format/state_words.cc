#include "format/state_words.h"

#include <algorithm>

#include "base/text.h"

namespace statewire {
namespace {

struct StateWords {
  std::string_view value;
  std::string_view words;
  std::string_view verb = "is ";
};

// States that make no sentence with "is" as they stand, or say less than their providers' manuals.
constexpr StateWords kStates[] = {
    {"ALARM", "in alarm"},
    {"CAPACITY_PROVIDER_STEADY_STATE", "steady"},
    {"CREATE_COMPLETE", "created"},
    {"CREATE_FAILED", "failed to be created", "has "},
    {"CREATE_IN_PROGRESS", "being created"},
    {"DELETE_COMPLETE", "deleted"},
    {"DELETE_FAILED", "failed to be deleted", "has "},
    {"DELETE_IN_PROGRESS", "being deleted"},
    {"FAILED", "failed", "has "},
    {"FAILURE", "failed", "has "},
    {"Failed", "failed", "has "},
    {"IMPORT_COMPLETE", "imported"},
    {"IMPORT_IN_PROGRESS", "being imported"},
    {"INSUFFICIENT_DATA", "without enough data"},
    {"OK", "OK"},
    {"REVIEW_IN_PROGRESS", "being reviewed"},
    {"ROLLBACK_COMPLETE", "rolled back"},
    {"ROLLBACK_FAILED", "failed to roll back", "has "},
    {"ROLLBACK_IN_PROGRESS", "being rolled back"},
    {"ResourceDeleted", "deleted"},
    {"ResourceDiscovered", "discovered"},
    {"SERVICE_DEPLOYMENT_COMPLETED", "deployed"},
    {"SERVICE_DEPLOYMENT_FAILED", "failed to be deployed", "has "},
    {"SERVICE_DEPLOYMENT_IN_PROGRESS", "being deployed"},
    {"SERVICE_STEADY_STATE", "steady"},
    {"STOPPED_WITH_ERROR", "stopped with an error"},
    {"SUCCEEDED", "succeeded", "has "},
    {"SUCCESS", "succeeded", "has "},
    {"Succeeded", "succeeded", "has "},
    {"TASKSET_STEADY_STATE", "steady"},
    {"TIMED_OUT", "timed out", "has "},
    {"UPDATE_COMPLETE", "updated"},
    {"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "updated, and cleans up"},
    {"UPDATE_FAILED", "failed to be updated", "has "},
    {"UPDATE_IN_PROGRESS", "being updated"},
    {"UPDATE_ROLLBACK_COMPLETE", "rolled back from its update"},
    {"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "rolled back from its update, and cleans up"},
    {"UPDATE_ROLLBACK_FAILED", "failed to roll back from its update", "has "},
    {"UPDATE_ROLLBACK_IN_PROGRESS", "being rolled back from its update"},
    {"failed", "failed", "has "},
    {"failing-over", "failing over"},
    {"succeeded", "succeeded", "has "},
};
static_assert(std::ranges::is_sorted(kStates, {}, &StateWords::value));

const StateWords* known_state(std::string_view value) {
  const auto* const state = std::ranges::lower_bound(kStates, value, {}, &StateWords::value);
  return state != std::end(kStates) && state->value == value ? state : nullptr;
}

}  // namespace

std::string_view verb_before_state(std::string_view value) {
  const StateWords* const state = known_state(value);
  return state == nullptr ? "is " : state->verb;
}

void add_state(std::string_view value, Words& words) {
  const StateWords* const state = known_state(value);
  state == nullptr ? words.add_spelled(value) : words.add(state->words);
}

bool is_state(std::string_view value, std::string_view verb) {
  const StateWords* const state = known_state(value);
  return state != nullptr ? state->words == verb
                          : std::ranges::equal(value, verb, {}, lower_letter);
}

}  // namespace statewire
