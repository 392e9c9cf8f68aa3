// Deployments, found in the journal from its end backwards, a block at a time. There is no record
// of one: what was told of what it changed says all.
#include "api/deployment_runs.h"
#include "api/json_parts.h"
#include "api/queries.h"
#include "api/wanted.h"
#include "base/limits.h"
#include "store/block.h"

namespace statewire {
namespace {

class DeploymentsQuestion final : public Question {
 public:
  DeploymentsQuestion(const Queries::Parts& parts, DeploymentFilter filter)
      : store_(parts.store),
        teller_(parts.teller),
        filter_(std::move(filter)),
        next_(store_.last_sequence()),
        end_(store_.first_sequence() - 1) {}

  std::optional<Result<std::string>> step() override {
    size_t entries = 0;
    bool has_blocks = false;
    Result<void> outcome;
    const Result<void> read = store_.each_block_back(next_, [&](const BlockReader& block) {
      if (entries >= kHistoryEntriesAtATime) return false;
      has_blocks = true;
      entries += block.size();
      outcome = read_block(block);
      return outcome.ok() && next_ > end_;
    });
    if (!read) return read.error();
    if (!outcome) return outcome.error();
    looked_at_ += entries;
    const bool is_over = !has_blocks || next_ <= end_ || looked_at_ >= kHistoryEntriesMax;
    if (!is_over && looked_at_ < judged_next_) return std::nullopt;
    // All that was read is judged anew: each time there is a quarter more of it, or it would cost
    // the square of it.
    judged_next_ = looked_at_ + looked_at_ / 4;
    const std::vector<DeploymentRun> runs = runs_.newest();
    if (!is_over && !has_enough(runs) && !is_too_old(runs)) return std::nullopt;
    return answer(runs);
  }

 private:
  // Nothing which is looked at later can belong to it.
  bool is_whole(const DeploymentRun& run) const {
    const Duration reach = reach_back(kDeploymentRule, run.times, run.tool == kStackTool);
    return run.times.began - reach > recorded_ + kAheadMax;
  }

  bool has_enough(const std::vector<DeploymentRun>& runs) const {
    const auto count = std::ranges::count_if(
        runs, [&](const DeploymentRun& run) { return matches(run) && is_whole(run); });
    return static_cast<size_t>(count) >= filter_.limit;
  }

  // What began before may have gone on, or have ended a day later.
  bool is_too_old(const std::vector<DeploymentRun>& runs) const {
    if (!filter_.since || recorded_ + kAheadMax >= *filter_.since - kDeploymentRule.at_most) {
      return false;
    }
    return std::ranges::all_of(
        runs, [&](const DeploymentRun& run) { return !matches(run) || is_whole(run); });
  }

  Result<void> read_block(const BlockReader& block) {
    recorded_ = block.recorded();
    Arena arena;
    for (size_t i = block.size(); i-- > 0;) {
      arena.clear();
      const Result<Entry> entry = block.entry(i, arena);
      if (!entry) return entry.error();
      const Notification notification = notification_of(*entry, teller_);
      if (is_wanted(filter_.account, notification.resource.account)) runs_.add(notification);
    }
    next_ = block.first_sequence() - 1;
    return {};
  }

  bool matches(const DeploymentRun& run) const {
    return is_wanted_actor(filter_.actor, run.actor) && is_wanted(filter_.tool, run.tool) &&
           (filter_.stack.empty() || has_stack(filter_.stack, run.stacks)) &&
           (!filter_.since || run.times.until() >= *filter_.since);
  }

  std::string answer(const std::vector<DeploymentRun>& runs) const {
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      json.begin_array("deployments");
      size_t count = 0;
      for (const DeploymentRun& run : runs) {
        if (!matches(run)) continue;
        if (count++ == filter_.limit) break;
        write(run, json);
      }
      json.end_array();
      if (recorded_ != Time()) json.time("looked_back_to", recorded_);
      json.end_object();
    });
  }

  // "stack shop", "run of network and shop", "run"
  static std::string title_of(const DeploymentRun& run) {
    if (run.stacks.empty()) return "run";
    return (run.tool == kStackTool ? "stack " : "run of ") + stacks_text(run.stacks);
  }

  static void write(const DeploymentRun& run, JsonWriter& json) {
    json.begin_object();
    json.line("status", run.is_failed ? "failed" : "well");
    json.time("began", run.times.began);
    json.time("ended", run.times.until());
    json.known_line("tool", run.tool);
    const std::vector<std::string_view> stacks = names_of_stacks(run.stacks);
    if (stacks.size() == 1) json.line("stack", stacks.front());
    json.known_line("actor", run.actor);
    json.known_line("account", run.account);
    json.known_line("region", run.region);
    json.number("changed", run.changed.size());
    json.number("failed", run.failed.size());
    json.number("took_seconds", std::chrono::duration_cast<std::chrono::seconds>(run.times.until() -
                                                                                 run.times.began)
                                    .count());
    json.number("sequence", run.last_sequence);
    json.line("title", title_of(run));
    json.known_line("stack_id", run.stack_id);
    json.begin_array("stacks");
    for (const std::string_view stack : stacks) json.line(stack);
    json.end_array();
    json.end_object();
  }

  const Store& store_;
  const Teller teller_;
  const DeploymentFilter filter_;
  DeploymentRuns runs_;
  uint64_t next_;  // Looked at next.
  const uint64_t end_;
  Time recorded_;  // Of the block that was looked at last.
  size_t looked_at_ = 0;
  size_t judged_next_ = 0;  // When so much was looked at.
};

}  // namespace

std::unique_ptr<Question> Queries::begin_deployments(DeploymentFilter filter) const {
  return std::make_unique<DeploymentsQuestion>(parts_, std::move(filter));
}

Result<std::string> Queries::deployments(const DeploymentFilter& filter) const {
  return answer_of(begin_deployments(filter));
}

}  // namespace statewire
