#include "route/deployment_run.h"

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr char kBetweenStacks = '\x1f';
constexpr size_t kStacksBytes = 16 * kGroupNameBytesMax;
// With which an operation of a stack begins. Others that are on their way go on with one.
constexpr std::string_view kBeginnings[] = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS",
                                            "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"};
// In words. The rest are counted.
constexpr size_t kStacksInWords = 3;

template <typename Visit>
void each_stack(std::string_view stacks, Visit visit) {
  while (!stacks.empty()) {
    const size_t end = std::min(stacks.find(kBetweenStacks), stacks.size());
    visit(stacks.substr(0, end));
    stacks.remove_prefix(std::min(end + 1, stacks.size()));
  }
}

// A stack does one thing at a time.
bool are_begun_apart(const RunTimes& one, const RunTimes& other) {
  const bool are_two =
      one.announced != Time() && other.announced != Time() && one.announced != other.announced;
  const auto is_before = [](const RunTimes& first, const RunTimes& second) {
    return second.announced != Time() && first.until() + kClocksDiffer < second.announced;
  };
  return are_two || is_before(one, other) || is_before(other, one);
}

}  // namespace

RunTimes times_of(const DeploymentName& name, const Notification& notification) {
  RunTimes times{.began = notification.time, .last = notification.time};
  const bool is_amended = notification.kind == NotificationKind::amended;
  // An amendment has the phase of now; what came late is told beside it, where it was a state.
  const bool tells_state = notification.kind == NotificationKind::transition ||
                           (is_amended && notification.has_late_observation);
  if (!name.is_of_stack || !tells_state) return times;
  const std::string_view state = is_amended ? notification.late_value : notification.value;
  if (state == kStackInReview) return times;
  times.tells_end = !is_settled(is_amended ? notification.late_phase : notification.phase);
  if (!times.tells_end) times.ended = notification.time;
  if (std::ranges::find(kBeginnings, state) != std::end(kBeginnings)) {
    times.announced = notification.time;
  }
  return times;
}

std::optional<Duration> distance_within(const RunRule& rule, const RunTimes& one,
                                        const RunTimes& other) {
  if (are_begun_apart(one, other)) return std::nullopt;
  const bool is_in_order = one.began <= other.began;
  const RunTimes& first = is_in_order ? one : other;
  const RunTimes& second = is_in_order ? other : one;
  const bool is_said = first.ended != Time() && second.tells_end && second.began > first.ended;
  if (is_said) return std::nullopt;
  const Duration distance = std::max(Duration(), second.began - first.until());
  const bool is_under_way = first.is_under_way();
  if (distance > (is_under_way ? kStackLastsAtMost : rule.quiet)) return std::nullopt;
  return is_under_way ? Duration() : distance;
}

Duration reach_back(const RunRule& rule, const RunTimes& run, bool is_of_stack) {
  if (run.announced != Time()) return kClocksDiffer;
  return is_of_stack ? kStackLastsAtMost : rule.quiet;
}

void add_stack(std::string_view stack, std::string& stacks) {
  stack = cut_utf8(stack, kGroupNameBytesMax);
  const bool has_room = stacks.size() + 1 + stack.size() <= kStacksBytes;
  if (stack.empty() || !has_room || has_stack(stack, stacks)) return;
  if (!stacks.empty()) stacks += kBetweenStacks;
  stacks.append(stack);
}

void add_stacks(std::string_view more, std::string& stacks) {
  each_stack(more, [&](std::string_view each) { add_stack(each, stacks); });
}

bool has_stack(std::string_view stack, std::string_view stacks) {
  bool is_there = false;
  each_stack(stacks, [&](std::string_view each) { is_there |= each == stack; });
  return is_there;
}

std::vector<std::string_view> names_of_stacks(std::string_view stacks) {
  std::vector<std::string_view> names;
  each_stack(stacks, [&](std::string_view each) { names.push_back(each); });
  return names;
}

std::string stacks_text(std::string_view stacks) {
  size_t count = 0;
  each_stack(stacks, [&](std::string_view) { ++count; });
  // One that is left is named, too: its count would be as long.
  const size_t named = count <= kStacksInWords + 1 ? count : kStacksInWords;
  std::string text;
  size_t place = 0;
  each_stack(stacks, [&](std::string_view each) {
    if (place == named) return;
    if (place > 0) text += place + 1 == count ? " and " : ", ";
    text.append(each);
    ++place;
  });
  if (named < count) text += " and " + std::to_string(count - named) + " more";
  return text;
}

}  // namespace statewire
