#include "judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ids.h"

namespace statewire::day {
namespace {

constexpr size_t kExamples = 10;
// A run's group begins with its first event, and is told by when its last call has come in.
constexpr Duration kAround = std::chrono::minutes(1);

using Key = std::pair<Word, std::string>;

void note(std::vector<std::string>& examples, std::string text) {
  if (examples.size() < kExamples) examples.push_back(std::move(text));
}

Word word_of(Drift drift) {
  switch (drift) {
    case Drift::out_of_band:
      return Word::out_of_band;
    case Drift::unmanaged:
      return Word::unmanaged;
    case Drift::lost:
      return Word::lost;
    case Drift::none:
    case Drift::unknown:
      break;
  }
  return Word::none;
}

// A verdict is told where a message says another than the one before it did.
std::map<Key, size_t> told_by(const Day& day, const Played& played, size_t& wolves) {
  std::map<Key, size_t> told;
  std::map<std::string, Word> last;
  for (const Told& each : played.all) {
    const bool is_wolf = each.kind == NotificationKind::stuck ||
                         (each.kind == NotificationKind::flapping && each.is_flapping);
    if (is_wolf) {
      ++told[{each.kind == NotificationKind::stuck ? Word::stuck : Word::flapping, each.resource}];
      wolves += each.at < day.begins_itself;
    }
    const Word word = word_of(each.drift);
    Word& before = last.try_emplace(each.resource, Word::none).first->second;
    if (word != Word::none && word != before) ++told[{word, each.resource}];
    before = word;
  }
  return told;
}

void judge_told(const Day& day, const std::map<Key, size_t>& told, Verdicts& verdicts) {
  const auto count_in = [](const std::map<Key, size_t>& counts, const Key& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? size_t{0} : found->second;
  };
  std::set<Key> keys;
  for (const auto* const counts : {&day.truth.told, &told}) {
    for (const auto& [key, count] : *counts) keys.insert(key);
  }
  for (const Key& key : keys) {
    Score& score = verdicts.told[static_cast<size_t>(key.first)];
    const size_t said = count_in(told, key);
    const size_t so = count_in(day.truth.told, key);
    const size_t maybe = count_in(day.truth.may_be_told, key);
    score.right += std::min(said, so);
    const size_t missed = so - std::min(said, so);
    const size_t beyond = said - std::min(said, so);
    const size_t wrong = beyond - std::min(beyond, maybe);
    score.missed += missed;
    score.wrong += wrong;
    if (missed > 0) note(score.examples, "not told: " + key.second);
    if (wrong > 0) note(score.examples, "told wrongly: " + key.second);
  }
}

void judge_stands(const Day& day, const Played& played, Verdicts& verdicts) {
  const auto score_of = [&](Word word) -> Score& {
    return verdicts.stands[static_cast<size_t>(word)];
  };
  for (const auto& [id, word] : day.truth.stands) {
    const auto found = played.stands.find(id);
    const Drift drift = found == played.stands.end() ? Drift::unknown : found->second;
    const bool is_said = drift != Drift::unknown;
    if (is_said && word_of(drift) == word) {
      ++score_of(word).right;
      continue;
    }
    ++score_of(word).missed;
    const std::string text =
        fmt::format("{} is {}, and {} is said", id, name_of(word), statewire::name_of(drift));
    note(score_of(word).examples, text);
    if (is_said) ++score_of(word_of(drift)).wrong;
  }
  for (const auto& [id, drift] : played.stands) {
    if (day.truth.stands.contains(id) || word_of(drift) == Word::none) continue;
    ++score_of(word_of(drift)).wrong;
    note(score_of(word_of(drift)).examples,
         fmt::format("{} is of no account, and {} is said", id, statewire::name_of(drift)));
  }
}

bool is_about(const Told& told, const Deployment& deployment) {
  const std::string& name = deployment.tool == "cloudformation" ? told.stack : told.actor;
  return told.tool == deployment.tool && name == deployment.name &&
         told.account == deployment.account && told.began >= deployment.began - kAround &&
         told.began <= deployment.ended + kAround;
}

// What its messages count together, and what it has changed, are the same resources.
void judge_members(const Deployment& deployment, std::set<uint64_t> counted, Verdicts& verdicts) {
  for (const std::string& resource : deployment.resources) {
    if (counted.erase(hash64(resource)) > 0) continue;
    ++verdicts.not_counted;
    note(verdicts.deployment_examples, "not counted: " + resource);
  }
  verdicts.not_its_own += counted.size();
  if (counted.empty()) return;
  note(verdicts.deployment_examples,
       fmt::format("counts {} of others: {} {} from {}", counted.size(), deployment.tool,
                   deployment.name, format_time(deployment.began)));
}

void judge_deployments(const Day& day, const Played& played, Verdicts& verdicts) {
  std::vector<size_t> counts(day.truth.deployments.size());
  std::set<std::string> amended;
  std::vector<std::set<uint64_t>> members(day.truth.deployments.size());
  for (const Told& told : played.people) {
    const bool is_group = told.kind == NotificationKind::group;
    if (!is_group) {
      if (told.cause != CauseKind::deployment || told.at < day.begins_itself) continue;
      ++verdicts.told_alone;
      note(verdicts.deployment_examples, "alone: " + told.resource);
      continue;
    }
    verdicts.amendments += told.is_amendment;
    verdicts.amended_again += told.is_amendment && !amended.insert(told.group).second;
    const auto found = std::ranges::find_if(
        day.truth.deployments, [&](const Deployment& each) { return is_about(told, each); });
    if (found != day.truth.deployments.end()) {
      const auto place = static_cast<size_t>(found - day.truth.deployments.begin());
      counts[place] += !told.is_amendment;
      const auto rows = played.members.find(told.group);
      if (rows != played.members.end())
        members[place].insert(rows->second.begin(), rows->second.end());
      continue;
    }
    ++verdicts.of_none;
    note(verdicts.deployment_examples,
         fmt::format("of none: {} {} {} {} from {}", told.tool, told.stack, told.actor,
                     told.account, format_time(told.began)));
  }
  for (size_t i = 0; i < counts.size(); ++i) {
    const Deployment& each = day.truth.deployments[i];
    verdicts.changed += each.resources.size();
    judge_members(each, std::move(members[i]), verdicts);
    verdicts.told_once += counts[i] == 1;
    verdicts.told_more += counts[i] > 1;
    verdicts.told_never += counts[i] == 0;
    if (counts[i] == 1) continue;
    note(verdicts.deployment_examples,
         fmt::format("told {} times: {} {} {} {} to {}, {} resources", counts[i], each.tool,
                     each.name, each.account, format_time(each.began), format_time(each.ended),
                     each.resources.size()));
  }
}

}  // namespace

Verdicts judge(const Day& day, const Played& played) {
  Verdicts verdicts;
  judge_told(day, told_by(day, played, verdicts.wolves), verdicts);
  judge_stands(day, played, verdicts);
  judge_deployments(day, played, verdicts);
  return verdicts;
}

}  // namespace statewire::day
