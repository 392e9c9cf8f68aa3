// What a simulated daemon is configured with: as plain values that a script holds, and as what the
// program makes of them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "config/document.h"
#include "format/format.h"
#include "route/subscription.h"
#include "route/when.h"
#include "sinks/sink.h"

namespace statewire {

constexpr size_t kNames = 4;  // Subscriptions that may be configured.
std::string name_of_subscription(size_t name);

struct SubscriptionPlan {
  size_t name = 0;
  size_t when = 0;  // Of Conditions.
  bool holds_cause = false;
  bool holds_tags = false;
  Duration at_most = std::chrono::minutes(10);
  std::optional<uint64_t> per_hour;
  Grouping grouping;
  StartFrom from = StartFrom::earliest;
  OnLag on_lag = OnLag::skip;
  Duration retry_for = std::chrono::hours(24);
  SinkLimits limits;
  bool has_small_limits = false;  // Of the pipeline.
  bool refuses_some = false;      // Its format cannot render one notification in eight.
  size_t form = 0;                // Of its format: a reload may change it.
  size_t place = 0;               // Of its sink, likewise.
};

struct Plan {
  std::vector<SubscriptionPlan> subscriptions;
  uint32_t ignored = 0;            // Bits: which of Conditions are `ignore:` rules.
  uint32_t ignored_resources = 0;  // Bits: of which of kResources events are dropped.
  Duration parked_age{};
};

SubscriptionPlan draw_subscription(size_t name, std::mt19937_64& random);
Plan draw_plan(std::mt19937_64& random);
// The same with some of it changed.
Plan draw_change(const Plan& plan, std::mt19937_64& random);
std::string words_of(const Plan& plan);

// All conditions that there are. A notification meets a set of them: bit i is of at(i).
class Conditions {
 public:
  static constexpr size_t kCount = 9;
  static constexpr size_t kIgnoreFirst = 7;  // From here on they are about tags alone.

  Conditions();
  const When& at(size_t i) const { return whens_[i]; }
  uint32_t met_by(const Notification& notification) const;

 private:
  Problems problems_;
  std::optional<Document> document_;
  std::vector<When> whens_;
  mutable std::unique_ptr<class Routable> routable_;
};

// Renders what the model reads, and refuses some.
class SimulatedFormat final : public Format {
 public:
  static constexpr size_t kForms = 3;
  SimulatedFormat(bool refuses_some, size_t form) : refuses_some_(refuses_some), form_(form) {}
  static bool is_refused(uint64_t sequence) { return sequence % 8 == 5; }
  // The form of a message; kForms where it has none.
  static size_t form_of(std::string_view payload);
  // Two forms share it.
  static std::string_view content_type_of(size_t form);
  std::string_view content_type() const override { return content_type_of(form_); }
  Result<void> render(const Notification& notification, std::string& out) const override;

 private:
  const bool refuses_some_;
  const size_t form_;
};

// What the program runs with; what the parts of its pipelines borrow.
struct Settings {
  Settings(const Plan& plan, const Conditions& conditions);

  const Plan plan;
  std::vector<When> ignored;
  std::vector<std::unique_ptr<Format>> formats;
  std::vector<Subscription> subscriptions;
  std::vector<SinkKind> kinds;
};

// Whether a notification that meets `met` is wanted.
bool is_wanted(const Plan& plan, const SubscriptionPlan& subscription, uint32_t met);
// Whether a subscription may wait with what it is told.
bool may_hold(const Plan& plan, const SubscriptionPlan& subscription);

}  // namespace statewire
