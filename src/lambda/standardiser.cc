#include "lambda/standardiser.h"

#include <algorithm>

#include "format/json.h"
#include "model/notification.h"
#include "route/wait.h"

namespace statewire {
namespace {

constexpr std::string_view kSource = "lambda";
constexpr Duration kTagsAtMost = std::chrono::seconds(5);

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

Result<void> Standardiser::take(const LambdaMessage& message, size_t place,
                                std::vector<Outgoing>& outgoing) {
  Result<void> outcome;
  const auto keep_first = [&](std::string reason) {
    if (outcome) outcome = bad_input(std::move(reason));
  };
  size_t events = 0;
  reader_.read(
      message.body, 1,
      [&](const ParsedEvent& event) {
        ++events;
        const Result<void> taken = take_event(event, place, outgoing);
        if (!taken) keep_first(taken.error().text);
      },
      [&](const UnreadableEvent& event) { keep_first(event.reason); });
  if (events == 0) keep_first("there is no event in it");
  return outcome;
}

Result<void> Standardiser::take_event(const ParsedEvent& event, size_t place,
                                      std::vector<Outgoing>& outgoing) {
  arena_.clear();
  observations_.clear();
  const Time now = clock_.now();
  const Recognition recognition =
      recogniser_.recognise(event.element, event.bytes, now, arena_, observations_);
  if (recognition.fate == Fate::rejected) return bad_input(std::string(recognition.reason));
  if (recognition.fate != Fate::recognised) return {};
  rules_.name_actor(recognition.principal, observations_, arena_);
  std::erase_if(observations_,
                [&](const Observation& each) { return rules_.ignored_by(each).has_value(); });
  if (wants_tags_) look_up_tags(now);
  for (const Observation& observation : observations_) {
    fold_.begin(0, {});
    const Result<Folded> folded = fold_.take({observation, kSource, now});
    CHECK(folded.ok() && folded->entry != nullptr);  // Nothing was read.
    if (folded->entry->told.kind == NotificationKind::none) continue;
    Entry entry = *folded->entry;
    entry.after.revision = 0;
    if (Result<void> told = tell(entry, place, outgoing); !told) return told;
  }
  return {};
}

// What an event tells itself is newer.
void Standardiser::look_up_tags(Time now) {
  std::vector<Identity> unknown;
  for (const Observation& observation : observations_) {
    if (observation.tags.empty()) unknown.push_back(observation.resource);
  }
  if (unknown.empty()) return;
  const auto found = tags_.tags_of(unknown, now, kTagsAtMost);
  for (Observation& observation : observations_) {
    const auto known = found.find(std::string(observation.resource.id));
    if (!observation.tags.empty() || known == found.end()) continue;
    std::vector<Tag> tags;
    for (const auto& [key, value] : known->second) {
      tags.push_back({arena_.copy(key), arena_.copy(value)});
    }
    observation.tags = arena_.copy_of(tags);
  }
}

Result<void> Standardiser::tell(const Entry& entry, size_t place, std::vector<Outgoing>& outgoing) {
  Notification notification =
      notification_of(entry, {settings_.instance, &settings_.accounts, &settings_.links});
  routable_.set(notification);
  if (ignored_by(settings_.ignore.after, routable_)) return {};
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
    if (!rendered) return bad_input(subscription.name + ": " + rendered.error().text);
    outgoing.push_back(std::move(out));
  }
  return {};
}

}  // namespace statewire
