#include "route/subscription.h"

#include "base/ids.h"
#include "base/limits.h"
#include "base/text.h"
#include "config/json.h"
#include "config/map_reader.h"
#include "config/plain_name.h"
#include "format/json.h"
#include "route/when.h"
#include "route/when_words.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Duration kRetryForMax = hours(24 * 365);

const Format* read_format(const Node& node, const std::string& name, std::string_view sink_kind,
                          const Formats& formats) {
  const Format* format = formats.find_for_sink(name, sink_kind);
  if (format != nullptr) return format;
  std::string text = "there is no format \"" + name + "\"";
  const std::string_view near = nearest(name, formats.names());
  if (!near.empty()) text.append("; did you mean \"").append(near).append("\"?");
  node.error(std::move(text));
  return nullptr;
}

// Only the kind: the other keys are its own.
std::string read_sink_kind(const Node& sink) {
  if (!sink) return {};
  const Node kind = sink.find("kind");
  if (sink.is_map() && !kind) sink.error("missing key \"kind\"");
  if (!sink.is_map()) sink.entries();  // Says that this is no map.
  return kind.text();
}

Hold read_hold(const Node& node) {
  Hold hold;
  if (!node) return hold;
  MapReader keys(node);
  const Node what = keys.required("for");
  const std::vector<Node> items = what.items();
  if (what && items.empty()) what.error("names nothing to wait for: write [cause], [tags] or both");
  for (const Node& item : items) {
    const bool is_cause = item.choice<bool>({{"cause", true}, {"tags", false}}, true);
    (is_cause ? hold.for_cause : hold.for_tags) = true;
  }
  hold.at_most = keys.optional("at_most").duration(hold.at_most, seconds(1), hours(24));
  return hold;
}

Grouping read_grouping(const Node& node) {
  Grouping grouping;
  if (!node) return grouping;
  MapReader keys(node);
  grouping.by_deployment = keys.required("by").choice<bool>({{"deployment", true}}, true);
  const Node quiet = keys.optional("quiet");
  grouping.quiet = quiet.duration(grouping.quiet, seconds(1), hours(24));
  const Node at_most = keys.optional("at_most");
  const Duration at_most_by_default = std::max<Duration>(grouping.at_most, grouping.quiet);
  grouping.at_most = at_most.duration(at_most_by_default, seconds(1), hours(24));
  if (grouping.quiet > grouping.at_most) at_most.error("it is shorter than quiet");
  return grouping;
}

// What is told before it is known that a deployment made it is told alone.
void warn_of_late_cause(const Node& node, const Grouping& grouping, const Hold& hold) {
  if (!grouping.by_deployment || hold.for_cause) return;
  node.warn(
      "what made a change is often known only minutes later, and until then it belongs to no "
      "deployment: add `hold: {for: [cause], at_most: 10m}` to the subscription");
}

// Minutes later it may be another.
void warn_of_late_fields(const Node& node, const When& when, const Hold& hold) {
  const auto warn = [&](std::string_view what) {
    node.warn("asks for " + std::string(what) +
              ", which are often known only minutes later: add `hold: {for: [" + std::string(what) +
              "], at_most: 10m}` to the subscription");
  };
  if (when.asks_for_cause && !hold.for_cause) warn("cause");
  if (when.asks_for_tags && !hold.for_tags) warn("tags");
}

// How long to wait for it and how large its files may get make it no other sink.
constexpr std::string_view kNoOtherSink[] = {"timeout", "rotate_bytes"};

constexpr std::string_view kSubscriptionKeys[] = {
    "when", "hold", "group", "sink", "format", "from", "on_lag", "per_hour", "retry_for"};

Subscription read_subscription(const Node& node, const Formats& formats) {
  if (!is_plain_name(node.key(), kSubscriptionNameBytesMax)) {
    node.error_at_key(
        "a subscription's name is at most 64 letters, digits, \"-\", \"_\" and \".\"");
  }
  MapReader keys(node, kSubscriptionKeys);
  const Node condition = keys.optional("when");
  When when = read_when(condition);
  const Hold hold = read_hold(keys.optional("hold"));
  warn_of_late_fields(condition, when, hold);
  const Node group = keys.optional("group");
  const Grouping grouping = read_grouping(group);
  warn_of_late_cause(group, grouping, hold);
  Subscription result{.name = std::string(node.key()),
                      .when = std::move(when.pattern),
                      .when_json = when.json,
                      .when_words = words_of_when(when.json),
                      .early_when = std::move(when.early),
                      .hold = hold,
                      .grouping = grouping};
  const Node sink = keys.required("sink");
  result.sink_kind = read_sink_kind(sink);
  if (sink.is_map()) {
    result.sink = sink;
    result.sink_hash = hash_of_keys(sink, kNoOtherSink);
  }
  const Node format = keys.optional("format");
  result.format_name = format.text(formats.default_for_sink(result.sink_kind));
  result.format = read_format(format, result.format_name, result.sink_kind, formats);
  result.form = formats.name_for_sink(result.format_name, result.sink_kind);
  result.from = keys.optional("from").choice(
      {{"now", StartFrom::now}, {"earliest", StartFrom::earliest}}, StartFrom::now);
  result.on_lag =
      keys.optional("on_lag").choice({{"skip", OnLag::skip}, {"hold", OnLag::hold}}, OnLag::skip);
  if (const Node per_hour = keys.optional("per_hour")) {
    result.per_hour = static_cast<uint64_t>(per_hour.integer(0, 1'000'000));
  }
  result.retry_for = keys.optional("retry_for").duration(hours(24), {}, kRetryForMax);
  return result;
}

}  // namespace

std::vector<Subscription> read_subscriptions(Node node, const Formats& formats, Problems&) {
  std::vector<Subscription> result;
  for (const Node& entry : node.entries()) result.push_back(read_subscription(entry, formats));
  return result;
}

void append_routable(const Notification& notification, std::string& out) {
  append_flat_json(notification, out);
}

bool has_subscription(std::span<const Subscription> subscriptions, std::string_view name) {
  return std::ranges::find(subscriptions, name, &Subscription::name) != subscriptions.end();
}

}  // namespace statewire
