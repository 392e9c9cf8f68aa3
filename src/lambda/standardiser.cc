#include "lambda/standardiser.h"

#include <algorithm>
#include <ranges>

#include "format/json.h"
#include "model/notification.h"
#include "route/wait.h"

namespace statewire {
namespace {

constexpr std::string_view kSource = "lambda";
constexpr Duration kTagsAtMost = std::chrono::seconds(10);
constexpr int kTagsShare = 3;  // A third of the time that is left.

bool asks_for_tags(const Settings& settings) {
  return !settings.ignore.after.empty() ||
         std::ranges::any_of(settings.subscriptions,
                             [](const Subscription& each) { return each.hold.for_tags; });
}

}  // namespace

Standardiser::Standardiser(const Catalog& catalog, const Settings& settings, const Clock& clock,
                           TagsNow& tags)
    : settings_(settings),
      clock_(clock),
      tags_(tags),
      wants_tags_(asks_for_tags(settings)),
      recogniser_(catalog),
      rules_(*settings.rules),
      fold_(views_) {}

void Standardiser::read(const LambdaMessage& message, size_t place, Failures& failures) {
  size_t events = 0;
  reader_.read(
      message.body, 1,
      [&](const ParsedEvent& event) {
        ++events;
        const Result<void> taken = read_event(event, place);
        if (!taken) fail(failures, place, taken.error().text);
      },
      [&](const UnreadableEvent& event) { fail(failures, place, event.reason); });
  if (events == 0) fail(failures, place, "there is no event in it");
}

Result<void> Standardiser::read_event(const ParsedEvent& event, size_t place) {
  observations_.clear();
  const Time now = clock_.now();
  const Recognition recognition =
      recogniser_.recognise(event.element, event.bytes, now, arena_, observations_);
  if (recognition.fate == Fate::rejected) return bad_input(std::string(recognition.reason));
  if (recognition.fate != Fate::recognised) return {};
  rules_.name_actor(recognition.principal, observations_, arena_);
  for (const Observation& each : observations_) {
    if (!rules_.ignored_by(each)) seen_.push_back({place, now, each});
  }
  return {};
}

void Standardiser::tell(Time until, std::vector<Outgoing>& outgoing, Failures& failures) {
  if (wants_tags_) look_up_tags(until);
  for (const auto& [message, received, observation] : seen_) {
    fold_.begin(0, {});
    const Result<Folded> folded = fold_.take({observation, kSource, received});
    CHECK(folded.ok() && folded->entry != nullptr);  // Nothing was read.
    if (folded->entry->told.kind == NotificationKind::none) continue;
    Entry entry = *folded->entry;
    entry.after.revision = 0;
    tell(entry, message, outgoing, failures);
  }
  seen_.clear();
  arena_.clear();
}

// What an event tells itself is newer.
void Standardiser::look_up_tags(Time until) {
  std::vector<Identity> unknown;
  for (const Seen& seen : seen_) {
    if (seen.observation.tags.empty()) unknown.push_back(seen.observation.resource);
  }
  if (unknown.empty()) return;
  const Time now = clock_.now();
  const auto found =
      tags_.tags_of(unknown, now, std::min<Duration>(kTagsAtMost, (until - now) / kTagsShare));
  for (Observation& observation : seen_ | std::views::transform(&Seen::observation)) {
    const auto known = found.find(std::string(observation.resource.id));
    if (!observation.tags.empty() || known == found.end()) continue;
    std::vector<Tag> tags;
    for (const auto& [key, value] : known->second) {
      tags.push_back({arena_.copy(key), arena_.copy(value)});
    }
    observation.tags = arena_.copy_of(tags);
  }
}

void Standardiser::tell(const Entry& entry, size_t place, std::vector<Outgoing>& outgoing,
                        Failures& failures) {
  Notification notification =
      notification_of(entry, {settings_.instance, &settings_.accounts, &settings_.links});
  routable_.set(notification);
  if (ignored_by(settings_.ignore.after, routable_)) return;
  for (size_t i = 0; i < settings_.subscriptions.size(); ++i) {
    const Subscription& subscription = settings_.subscriptions[i];
    if (!routable_.meets(subscription.when)) continue;
    notification.subscription = subscription.name;
    notification.why = subscription.when_words;
    Outgoing out{.message = place,
                 .subscription = i,
                 .id = to_hex(notification.id),
                 .resource = std::string(notification.resource.id),
                 .type = std::string(type_of(notification.kind))};
    const Result<void> rendered = subscription.format->render(notification, out.payload);
    if (rendered) {
      outgoing.push_back(std::move(out));
    } else {
      fail(failures, place, subscription.name + ": " + rendered.error().text);
    }
  }
}

}  // namespace statewire
