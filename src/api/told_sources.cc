#include "api/told_sources.h"

namespace statewire {

std::vector<ToldSource> told_sources(const RouteContext& context) {
  const LedgerSums events = context.store.ledger_sums();
  const auto arrivals = context.ingest.arrivals().all(context.clock.now());
  const bool has_disk = context.store.disk_space().is_enough;
  std::vector<ToldSource> told;
  const auto add = [&](SourceState source, uint64_t received) {
    if (!has_disk && source.state == "running") {
      source.state = "waiting";
      source.reason = "the disk of the store is nearly full";
    }
    ToldSource& one =
        told.emplace_back(ToldSource{.source = std::move(source), .events = received});
    const auto arrived = arrivals.find(one.source.name);
    if (arrived == arrivals.end()) return;
    one.last_event = arrived->second.last;
    one.lately = arrived->second.lately;
  };
  std::vector<SourceState> configured;
  if (context.snapshot.sources) configured = context.snapshot.sources();
  for (SourceState& source : configured) {
    const auto counted = events.find(source.name);
    const uint64_t received = counted == events.end() ? 0 : counted->second.received;
    add(std::move(source), received);
  }
  const auto over_http = events.find("http");
  if (over_http != events.end()) add({.name = "http", .kind = "http"}, over_http->second.received);
  return told;
}

}  // namespace statewire
