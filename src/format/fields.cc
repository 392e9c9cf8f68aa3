#include "format/fields.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "format/format.h"
#include "format/json.h"

namespace statewire {
namespace {

using N = const Notification&;
using Out = std::string&;

constexpr std::string_view kTagPrefix = "resource.tags.";

void append_time_of(Time time, std::string& out) {
  if (time == Time()) return;
  char text[32];
  out.append(text, format_time(time, text));
}

void append_seconds(N n, Duration duration, Out out) {
  if (n.expectation.is_given()) out += std::to_string(duration / std::chrono::seconds(1));
}

void append_sequence(N n, Out out) {
  if (n.sequence == 0) return;
  const std::string digits = std::to_string(n.sequence);
  out.append(20 - digits.size(), '0').append(digits);
}

void append_listed(std::string_view item, size_t from, std::string& out) {
  if (out.size() != from) out.push_back(';');
  out.append(item);
}

void append_flags(N n, Out out) {
  const size_t from = out.size();
  if (n.is_late) append_listed("late", from, out);
  if (n.is_future) append_listed("future", from, out);
  if (n.is_untimed) append_listed("untimed", from, out);
  if (n.tags.size() > kTagsMax) append_listed("truncated", from, out);
}

template <std::string_view Change::* part>
void append_changes(N n, Out out) {
  const size_t from = out.size();
  for (const Change& change : n.changes) append_listed(change.*part, from, out);
}

using FieldWords = std::vector<std::string_view>;

// Of the values from `first` to `last`, by their numbers.
template <auto first, auto last>
FieldWords names() {
  FieldWords words;
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    words.push_back(name_of(static_cast<decltype(first)>(i)));
  }
  return words;
}

constexpr auto kPhases = names<Phase::unknown, Phase::gone>;
constexpr auto kCauses = names<CauseKind::unknown, CauseKind::automation>;
constexpr auto kConfidences = names<Confidence::guess, Confidence::certain>;
constexpr auto kDrifts = names<Drift::unknown, Drift::lost>;

// What a subscription is asked about: receipts are made for it, and no condition sees them.
FieldWords types() {
  return {type_of(NotificationKind::transition), type_of(NotificationKind::changed),
          type_of(NotificationKind::amended),    type_of(NotificationKind::failed),
          type_of(NotificationKind::stuck),      type_of(NotificationKind::flapping)};
}

// As OpenTelemetry has them: four numbers for each.
FieldWords severity_texts() {
  FieldWords words;
  for (uint8_t severity = 1; severity <= 21; severity += 4)
    words.push_back(severity_text(severity));
  return words;
}

FieldWords flags() { return {"late", "future", "untimed", "truncated"}; }

struct KnownField {
  std::string_view path;
  void (*append)(N, Out);
  FieldType type = FieldType::text;
  FieldWords (*words)() = nullptr;
};

constexpr KnownField kFields[] = {
    {"specversion", [](N, Out out) { out += "1.0"; }},
    {"id", [](N n, Out out) { out += to_hex(n.id); }},
    {"source",
     [](N n, Out out) {
       out.append("/statewire/").append(n.instance).append("/").append(n.source);
     }},
    {"type", [](N n, Out out) { out += type_of(n.kind); }, FieldType::text, types},
    {"subject", [](N n, Out out) { out += n.resource.id; }},
    {"partitionkey", [](N n, Out out) { out += n.resource.id; }},
    {"time", [](N n, Out out) { append_time_of(n.time, out); }},
    {"recordedtime", [](N n, Out out) { append_time_of(n.recorded, out); }},
    {"datacontenttype", [](N, Out out) { out += "application/json"; }},
    {"dataschema", [](N n, Out out) { out += dataschema_of(n); }},
    {"sequence", append_sequence},
    {"severitynumber", [](N n, Out out) { out += std::to_string(n.severity); }, FieldType::number},
    {"severitytext", [](N n, Out out) { out += severity_text(n.severity); }, FieldType::text,
     severity_texts},
    {"causationid",
     [](N n, Out out) {
       if (!n.amends.is_zero()) out += to_hex(n.amends);
     }},
    {"traceparent", [](N n, Out out) { out += n.traceparent; }},
    {"origin.system", [](N n, Out out) { out += n.origin.system; }},
    {"origin.source", [](N n, Out out) { out += n.origin.source; }},
    {"origin.type", [](N n, Out out) { out += n.origin.type; }},
    {"origin.id", [](N n, Out out) { out += n.origin.id; }},
    {"resource.id", [](N n, Out out) { out += n.resource.id; }},
    {"resource.type", [](N n, Out out) { out += n.resource.type; }},
    {"resource.provider", [](N n, Out out) { out += n.resource.provider; }},
    {"resource.account", [](N n, Out out) { out += n.resource.account; }},
    {"resource.account_name", [](N n, Out out) { out += n.account_name; }},
    {"resource.account_owner", [](N n, Out out) { out += n.account_owner; }},
    {"resource.region", [](N n, Out out) { out += n.resource.region; }},
    {"resource.zone", [](N n, Out out) { out += n.resource.zone; }},
    {"resource.service", [](N n, Out out) { out += n.resource.service; }},
    {"resource.name", [](N n, Out out) { out += n.name; }},
    {"state.phase", [](N n, Out out) { out += name_of(n.phase); }, FieldType::text, kPhases},
    {"state.value", [](N n, Out out) { out += n.value; }},
    {"state.settled", [](N n, Out out) { out += is_settled(n.phase) ? "true" : "false"; },
     FieldType::boolean},
    {"state.previous.phase",
     [](N n, Out out) {
       if (n.previous.since != Time()) out += name_of(n.previous.phase);
     },
     FieldType::text, kPhases},
    {"state.previous.value",
     [](N n, Out out) {
       if (n.previous.since != Time()) out += n.previous.value;
     }},
    {"state.previous.since", [](N n, Out out) { append_time_of(n.previous.since, out); }},
    {"revision", [](N n, Out out) { out += std::to_string(n.revision); }, FieldType::number},
    {"late_observation.value",
     [](N n, Out out) {
       if (n.has_late_observation) out += n.late_value;
     }},
    {"late_observation.phase",
     [](N n, Out out) {
       if (n.has_late_observation) out += name_of(n.late_phase);
     },
     FieldType::text, kPhases},
    {"late_observation.time",
     [](N n, Out out) {
       if (n.has_late_observation) append_time_of(n.late_time, out);
     }},
    {"cause.kind", [](N n, Out out) { out += name_of(n.cause.kind); }, FieldType::text, kCauses},
    {"cause.actor", [](N n, Out out) { out += n.cause.actor; }},
    {"cause.actor_type", [](N n, Out out) { out += n.cause.actor_type; }},
    {"cause.account", [](N n, Out out) { out += n.cause.account; }},
    {"cause.tool", [](N n, Out out) { out += n.cause.tool; }},
    {"cause.via", [](N n, Out out) { out += n.cause.via; }},
    {"cause.session", [](N n, Out out) { out += n.cause.session; }},
    {"cause.role", [](N n, Out out) { out += n.cause.role; }},
    {"cause.address", [](N n, Out out) { out += n.cause.address; }},
    {"cause.reason", [](N n, Out out) { out += n.cause.reason; }},
    {"cause.confidence", [](N n, Out out) { out += name_of(n.cause.confidence); }, FieldType::text,
     kConfidences},
    {"cause.evidence", [](N n, Out out) { out += n.cause.evidence; }},
    {"owner.inventory", [](N n, Out out) { out += n.owner.inventory; }},
    {"owner.tool", [](N n, Out out) { out += n.owner.tool; }},
    {"owner.stack", [](N n, Out out) { out += n.owner.stack; }},
    {"owner.address", [](N n, Out out) { out += n.owner.address; }},
    {"owner.file", [](N n, Out out) { out += n.owner.file; }},
    {"owner.line", [](N n, Out out) { out += n.owner.line; }, FieldType::number},
    {"owner.via", [](N n, Out out) { out += n.owner.via; }},
    {"owner.part", [](N n, Out out) { out += n.owner.part; }},
    {"expected.since", [](N n, Out out) { append_time_of(n.expectation.since, out); }},
    {"expected.within_seconds", [](N n, Out out) { append_seconds(n, n.expectation.within, out); },
     FieldType::number},
    {"expected.seen",
     [](N n, Out out) {
       if (n.expectation.seen != 0) out += std::to_string(n.expectation.seen);
     },
     FieldType::number},
    {"expected.median_seconds",
     [](N n, Out out) {
       if (n.expectation.seen != 0) append_seconds(n, n.expectation.median, out);
     },
     FieldType::number},
    {"expected.p99_seconds",
     [](N n, Out out) {
       if (n.expectation.seen != 0) append_seconds(n, n.expectation.p99, out);
     },
     FieldType::number},
    {"flapping",
     [](N n, Out out) {
       if (n.kind == NotificationKind::flapping) out += n.is_flapping ? "true" : "false";
     },
     FieldType::boolean},
    {"drift", [](N n, Out out) { out += name_of(n.drift); }, FieldType::text, kDrifts},
    {"flags", append_flags, FieldType::text, flags},
    {"changes.path", append_changes<&Change::path>},
    {"changes.from", append_changes<&Change::from>},
    {"changes.to", append_changes<&Change::to>},
    {"message", append_message},
};

// The paths of kFields, and the one that stands for all tags.
constexpr auto kPaths = [] {
  std::array<std::string_view, std::size(kFields) + 1> paths;
  for (size_t i = 0; i < std::size(kFields); ++i) paths[i] = kFields[i].path;
  paths.back() = "resource.tags.*";
  return paths;
}();

// The first part of every path under `prefix`, each once.
std::vector<std::string_view> names_in(std::string_view prefix) {
  std::vector<std::string_view> names;
  for (std::string_view path : kPaths) {
    if (!path.starts_with(prefix)) continue;
    path.remove_prefix(prefix.size());
    const std::string_view name = path.substr(0, path.find('.'));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

// The path that ends in `name` somewhere: "state.phase" for "phase", "resource.tags" for "tags".
std::string_view path_ending_in(std::string_view name) {
  for (const std::string_view path : kPaths) {
    for (size_t at = 0; at < path.size();) {
      const size_t end = std::min(path.find('.', at), path.size());
      if (path.substr(at, end - at) == name) return path.substr(0, end);
      at = end + 1;
    }
  }
  return {};
}

}  // namespace

std::optional<Field> Field::find(std::string_view path) {
  if (path.starts_with(kTagPrefix) && path.size() > kTagPrefix.size()) {
    return Field(nullptr, std::string(path.substr(kTagPrefix.size())), FieldType::text, nullptr);
  }
  for (const KnownField& field : kFields) {
    if (field.path == path) return Field(field.append, {}, field.type, field.words);
  }
  return std::nullopt;
}

void Field::append(const Notification& notification, std::string& out) const {
  if (append_ != nullptr) return append_(notification, out);
  for (const Tag& tag : notification.tags) {
    if (tag.key == tag_) out.append(tag.value);
  }
}

void append_field(const Notification& notification, std::string_view path, std::string& out) {
  if (const std::optional<Field> field = Field::find(path)) field->append(notification, out);
}

std::span<const std::string_view> notification_fields() { return kPaths; }

std::string list_fields_in(std::string_view prefix) {
  std::string list;
  for (const std::string_view name : names_in(prefix)) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

std::string no_such_field(std::string_view prefix, std::string_view name) {
  std::string_view near = path_ending_in(name);
  if (near.empty()) near = nearest(name, names_in(prefix));
  std::string text = "no such field";
  if (!near.empty()) text.append("; did you mean \"").append(near).append("\"?");
  return text;
}

std::string no_such_path(std::string_view path) {
  const std::string_view near = nearest(path, kPaths);
  if (near.empty()) return no_such_field("", path);
  return "no such field; did you mean \"" + std::string(near) + "\"?";
}

}  // namespace statewire
