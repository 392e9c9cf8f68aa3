// Notifications as no provider would send them, for tests of properties. Tests only.
#pragma once

#include <deque>
#include <random>
#include <string>
#include <vector>

#include "model/notification.h"

namespace statewire {

// The same seed gives the same notifications. Texts live as long as this.
class RandomNotifications {
 public:
  explicit RandomNotifications(uint32_t seed) : random_(seed) {}

  Notification next() {
    texts_.clear();
    Notification n;
    for (uint8_t& byte : n.id.bytes) byte = static_cast<uint8_t>(below(256));
    n.kind = static_cast<NotificationKind>(1 + below(static_cast<size_t>(kLastKind)));
    n.instance = "prod";
    n.source = coin() ? "bus" : "http-2";
    n.time = time();
    if (coin()) n.recorded = time();
    if (coin()) n.sequence = random_();
    n.severity = static_cast<uint8_t>(1 + below(24));
    if (n.kind == NotificationKind::amended || n.kind == NotificationKind::retracted) {
      n.amends.bytes.fill(0xab);
    }
    if (n.kind == NotificationKind::receipt) {
      n.receipt = text();
      n.receipt_count = below(2) * below(1000);
    }
    if (below(9) == 0) set_group(n);
    n.traceparent = maybe_text();
    n.origin = {maybe_text(), maybe_text(), maybe_text(), maybe_text()};
    n.resource = {text(),       text(),       maybe_text(), maybe_text(),
                  maybe_text(), maybe_text(), maybe_text(), maybe_text()};
    if (coin()) n.resource.id = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001";
    if (coin()) n.resource.type = "AWS::EC2::Instance";
    n.name = maybe_text();
    n.tags = tags();
    n.account_name = maybe_text();
    n.account_owner = maybe_text();
    set_state(n);
    set_cause(n);
    if (coin()) {
      n.owner = {text(),       text(),       maybe_text(), maybe_text(),
                 maybe_text(), maybe_text(), maybe_text(), maybe_text()};
    }
    n.drift = static_cast<Drift>(below(kDriftCount));
    n.is_of_inventory = coin();
    n.is_late = coin();
    n.is_future = coin();
    n.is_untimed = coin();
    n.changes = changes();
    n.error = maybe_text();
    if (n.kind == NotificationKind::stuck) {
      n.headline = text();
      n.expectation = {.phase = phase(),
                       .since = time(),
                       .within = std::chrono::seconds(below(1000)),
                       .seen = below(2) * below(1000)};
    }
    if (n.kind == NotificationKind::flapping) {
      n.headline = text();
      n.is_flapping = coin();
    }
    n.delay = std::chrono::seconds(below(1'000'000));
    return n;
  }

  // As many and as long as a group's may be.
  void set_group(Notification& n) {
    n.kind = NotificationKind::group;
    n.amends = {};
    if (coin()) n.amends.bytes.fill(0xcd);
    n.receipt = text();
    n.receipt_count = 1 + below(1000);
    kinds_.clear();
    for (size_t i = below(60); i > 0; --i) {
      kinds_.push_back(
          {.name = text(), .count = 1 + below(9), .severity = coin() ? kWarn : uint8_t{0}});
    }
    n.receipt_kinds = kinds_;
    failures_.clear();
    for (size_t i = below(11); i > 0; --i) failures_.emplace_back(text());
    stacks_.clear();
    for (size_t i = below(4); i > 0; --i) stacks_.push_back(text());
    resources_.clear();
    for (size_t i = below(kFactItemsMax + 1); i > 0; --i) {
      resources_.push_back({.type = text(), .name = text(), .id = maybe_text()});
    }
    deployment_ = {.tool = maybe_text(),
                   .stack = maybe_text(),
                   .stacks = stacks_,
                   .stack_id = maybe_text(),
                   .actor = maybe_text(),
                   .account = maybe_text(),
                   .region = maybe_text(),
                   .began = time(),
                   .ended = time(),
                   .changed = below(1000),
                   .failed = below(3),
                   .failures = failures_,
                   .resources = resources_,
                   .is_amendment = !n.amends.is_zero()};
    n.deployment = &deployment_;
  }

  size_t below(size_t end) { return random_() % end; }
  bool coin() { return below(2) == 0; }

  // At least one character.
  std::string_view text() {
    static constexpr std::string_view kPieces[] = {"web",        "invoices",  " ",
                                                   "\"",         "\\",        ",",
                                                   "=",          "é",         "日本",
                                                   "🙂",         "e\xcc\x81", "\n",
                                                   "\r\n",       "\t",        "/",
                                                   ":",          "\x1b[31m",  "\x7f",
                                                   "\xff",       "\xc3",      "\xed\xa0\x80",
                                                   "*",          "_",         "`",
                                                   "~",          "[x](y)",    "&amp;",
                                                   "<!channel>", ":x:",       "# ",
                                                   "1. ",        "- ",        "@",
                                                   "+",          "\xc2\x9b",  "\xe2\x80\xa8",
                                                   "…",          "\xf5\x80",  "{\"a\":1}"};
    std::string& result = texts_.emplace_back();
    for (size_t pieces = 1 + below(5); pieces > 0; --pieces) {
      result += kPieces[below(std::size(kPieces))];
    }
    if (coin()) result = "plain-" + std::to_string(below(100000));
    if (below(50) == 0) result += std::string(below(9000), coin() ? 'x' : '\x01');
    if (below(50) == 0) result += repeated("🙂", below(3000));
    if (below(50) == 0) result += repeated("\"\\", below(3000));
    // A zero byte ends no text here.
    if (below(50) == 0) result.push_back('\0');
    return result;
  }
  std::string_view maybe_text() { return coin() ? text() : std::string_view(); }

 private:
  static std::string repeated(std::string_view piece, size_t count) {
    std::string result;
    while (count-- > 0) result += piece;
    return result;
  }
  Time time() { return from_ns(static_cast<int64_t>(1 + below(2'000'000'000'000'000'000))); }
  Phase phase() { return static_cast<Phase>(below(kPhaseCount)); }

  void set_state(Notification& n) {
    n.phase = phase();
    const bool has_value = n.kind == NotificationKind::transition ||
                           n.kind == NotificationKind::amended ||
                           n.kind == NotificationKind::retracted || coin();
    n.value = has_value ? text() : std::string_view();
    if (coin()) n.previous = {phase(), maybe_text(), time()};
    n.revision = below(1000);
    n.has_late_observation = n.kind == NotificationKind::amended && coin();
    n.late_value = maybe_text();
    n.late_phase = phase();
    n.late_time = time();
    if (coin()) n.late_cause = {.kind = CauseKind::human, .actor = text(), .evidence = text()};
    if (coin()) n.since = time();
    n.is_assumed = coin();
    n.is_of_many = coin();
  }

  void set_cause(Notification& n) {
    n.cause.kind = static_cast<CauseKind>(below(8));
    n.cause.confidence = static_cast<Confidence>(below(3));
    n.cause.actor = maybe_text();
    n.cause.actor_type = maybe_text();
    n.cause.tool = coin() ? "console" : maybe_text();
    n.cause.via = coin() ? "cloudformation.amazonaws.com" : maybe_text();
    n.cause.session = maybe_text();
    n.cause.role = maybe_text();
    n.cause.address = maybe_text();
    n.cause.account = maybe_text();
    n.cause.reason = maybe_text();
    n.cause.call = coin() ? "RunInstances" : maybe_text();
    n.cause.evidence = n.cause.kind == CauseKind::unknown ? maybe_text() : text();
  }

  // Keys differ, as a record's do.
  std::span<const Tag> tags() {
    tags_.clear();
    for (size_t count = coin() ? below(60) : 0; count > 0; --count) {
      texts_.push_back("tag " + std::to_string(count));
      const std::string_view key = texts_.back();
      tags_.push_back({key, maybe_text()});
    }
    return tags_;
  }

  std::span<const Change> changes() {
    changes_.clear();
    for (size_t count = coin() ? below(200) : 0; count > 0; --count) {
      changes_.push_back({text(), maybe_text(), maybe_text()});
    }
    return changes_;
  }

  std::mt19937_64 random_;
  std::deque<std::string> texts_;
  std::vector<ReceiptKind> kinds_;
  std::vector<std::string> failures_;
  std::vector<std::string_view> stacks_;
  std::vector<ToldResource> resources_;
  DeploymentTold deployment_;
  std::vector<Tag> tags_;
  std::vector<Change> changes_;
};

}  // namespace statewire
