#include "api/waits.h"

#include <algorithm>

namespace statewire {

const PipelineCounts* pipeline_of(const Queries::Parts& parts, std::string_view subscription) {
  if (!parts.pipelines) return nullptr;
  const auto found = std::ranges::find(*parts.pipelines, subscription, &PipelineCounts::name);
  return found == parts.pipelines->end() ? nullptr : &*found;
}

bool is_removed(const Queries::Parts& parts, std::string_view subscription) {
  return parts.pipelines && !has_subscription(parts.subscriptions, subscription);
}

bool is_stopped(const DeliveryRow& row, const PipelineCounts* pipeline) {
  return row.stage == Stage::send && pipeline != nullptr && pipeline->is_gone;
}

std::optional<Time> waits_until(const DeliveryRow& row, const PipelineCounts* pipeline, Time now) {
  Time until = row.due;
  if (row.stage == Stage::send) {
    if (pipeline == nullptr || pipeline->is_gone) return std::nullopt;
    if (pipeline->is_circuit_open && pipeline->trouble) {
      until = std::max(until, pipeline->trouble->next_attempt.value_or(Time()));
    }
  }
  return until > now ? std::optional(until) : std::nullopt;
}

std::optional<Time> parked_at(const DeliveryRow& row, Duration retry_for,
                              const PipelineCounts* pipeline) {
  const bool is_tried_again =
      row.stage == Stage::send && row.attempts > 0 && row.tried_for && row.due != Time();
  if (!is_tried_again || pipeline == nullptr) return std::nullopt;
  if (pipeline->is_circuit_open || pipeline->is_gone) return std::nullopt;
  const Time written = row.due - row.wait;
  return std::max(row.due, written - *row.tried_for + retry_for);
}

std::optional<Time> parked_at(const DeliveryRow& row, const Queries::Parts& parts,
                              std::string_view subscription) {
  const auto found = std::ranges::find(parts.subscriptions, subscription, &Subscription::name);
  if (found == parts.subscriptions.end()) return std::nullopt;
  return parked_at(row, found->retry_for, pipeline_of(parts, subscription));
}

}  // namespace statewire
