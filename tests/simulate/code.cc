#include "code.h"

namespace statewire {
namespace {

bool is_alarm(Drift drift) {
  return drift == Drift::out_of_band || drift == Drift::unmanaged || drift == Drift::lost;
}

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

void Code::on_entry(const Entry& entry) {
  Verdict& verdict = verdicts_[std::string(entry.after.resource.id)];
  const bool is_told = entry.told.kind != NotificationKind::none;
  if (entry.after.drift != verdict.drift) verdict = {entry.after.drift, false};
  verdict.is_told |= is_told;
}

// One that was told under the alias of a resource is told.
std::string Code::check_verdicts(const Store& store) const {
  const auto is_told = [&](std::string_view id, Drift drift) {
    const auto verdict = verdicts_.find(id);
    return verdict != verdicts_.end() && verdict->second.drift == drift && verdict->second.is_told;
  };
  Arena arena;
  std::vector<std::optional<Record>> records;
  if (!store.records({kResources, kDeclarable}, arena, records)) return {};
  for (size_t i = 0; i < kDeclarable; ++i) {
    if (!records[i] || !is_alarm(records[i]->drift)) continue;
    const Drift drift = records[i]->drift;
    const bool is_told_of_alias = i < std::size(kAliases) && is_told(kAliases[i], drift);
    if (is_told_of_alias || is_told(kResources[i], drift)) continue;
    return std::string(kResources[i]) + " is " + std::string(name_of(drift)) +
           ", and nobody is told";
  }
  return {};
}

}  // namespace statewire
