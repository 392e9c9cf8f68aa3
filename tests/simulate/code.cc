#include "code.h"

#include <utility>

#include "model/withheld.h"
#include "track/drift.h"

namespace statewire {
namespace {

constexpr std::string_view account_of(std::string_view resource) { return resource.substr(22, 12); }

}  // namespace

DeclaredStack simulated_stack(uint64_t resources, Time written) {
  DeclaredStack stack;
  stack.name = "code";
  stack.tool = "terraform";
  stack.written = written;
  for (size_t i = 0; i < kDeclarable; ++i) {
    if ((resources >> i & 1) == 0) continue;
    DeclaredResource& resource = stack.resources.emplace_back();
    resource.id = kResources[i];
    resource.address = resource.block = "aws_instance.n" + std::to_string(i);
  }
  return stack;
}

// What was told under an alias is not told again where it is moved to the resource.
std::string Code::on_entry(const Entry& entry) {
  const Record& record = entry.after;
  const std::string id(record.resource.id);
  Verdict& verdict = verdicts_[id];
  if (entry.observation.effect == Effect::move) return verdict.revision = 0, "";
  const Drift drift = standing_drift(record);
  const bool is_told_of_alias =
      entry.observation.has(kMoved) &&
      verdicts_[std::string(entry.observation.aliases.front())].told == drift;
  const bool is_told = entry.told.kind != NotificationKind::none || is_told_of_alias;
  const Verdict before = std::exchange(
      verdict,
      {.drift = drift, .told = is_told ? drift : verdict.told, .revision = record.revision});
  if (is_drift_news(verdict.told, drift)) {
    return id + " is " + std::string(name_of(drift)) + ", and was told to be " +
           std::string(name_of(verdict.told));
  }
  if (before.drift != drift && record.revision <= before.revision)
    return id + " is " + std::string(name_of(drift)) + ", and its revision does not say so";
  return {};
}

// What has happened by the clock of another time may be ahead, and then it stands.
std::string Code::check_read(const Store& store, uint64_t resources, uint32_t ignored,
                             Time now) const {
  Arena arena;
  std::vector<std::optional<Record>> records;
  if (!store.records({kResources, kDeclarable}, arena, records)) return {};
  for (size_t i = 0; i < kDeclarable; ++i) {
    if (is_ignored(ignored, i)) continue;
    const std::string id(kResources[i]);
    const bool is_read = (resources >> i & 1) != 0;
    if (is_read && !records[i]) return id + " is declared, and has no record";
    if (!records[i] || records[i]->newest.time() > now) continue;
    const Record& record = *records[i];
    if (is_read == record.declared.empty())
      return id + (is_read ? " is declared, and its record says nothing of it"
                           : " is declared by nobody, and its record says otherwise");
    bool is_in_reach = false;
    for (size_t other = 0; other < kDeclarable; ++other) {
      is_in_reach |=
          (resources >> other & 1) != 0 && account_of(kResources[other]) == account_of(id);
    }
    const bool is_there = record.phase != Phase::gone && record.phase != Phase::unknown;
    const bool is_old = now - std::max(record.since, record.drift_since) > kGrace;
    if (!is_read && is_in_reach && is_there && is_old && record.drift != Drift::unmanaged)
      return id + " is declared by nobody, and not unmanaged";
  }
  return {};
}

}  // namespace statewire
