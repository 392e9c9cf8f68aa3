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

std::optional<Time> waits_until(const DeliveryRow& row, const PipelineCounts* pipeline, Time now) {
  Time until = row.due;
  if (row.stage == Stage::send) {
    if (pipeline == nullptr) return std::nullopt;
    if (pipeline->is_circuit_open && pipeline->trouble) {
      until = std::max(until, pipeline->trouble->next_attempt.value_or(Time()));
    }
  }
  return until > now ? std::optional(until) : std::nullopt;
}

}  // namespace statewire
