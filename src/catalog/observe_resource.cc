// Which resource an event is about: the part of Observer that makes its identity.
#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/percent.h"
#include "base/text.h"
#include "catalog/named_arn.h"
#include "catalog/observe.h"
#include "catalog/whereabouts.h"

namespace statewire {
namespace {

// "AWS::EC2::Instance" is of "ec2".
std::string_view service_of_type(std::string_view type, Arena& arena) {
  const std::string_view name = service_in_type(type);
  if (name.empty()) return {};
  char* const place = arena.allocate(name.size());
  std::ranges::transform(name, place, lower_letter);
  return {place, name.size()};
}

// A part of an id that is named by its ARN says all that stands before it:
// "svc-1/listener/arn:aws:vpc-lattice:…:service/svc-1/listener/listener-1".
std::string_view from_last_arn(std::string_view id) {
  const size_t slash = id.rfind("/arn:");
  if (slash == id.npos) return id;
  const std::string_view arn = id.substr(slash + 1);
  return arn_fields(arn).resource.empty() ? id : arn;
}

// An id that is put together of an ARN and a name in it is no ARN: "arn:…:service/s-1|test-1".
bool is_whole_arn(std::string_view id) { return id.starts_with("arn:") && id.find('|') == id.npos; }

}  // namespace

Observer::Verdict Observer::read_resource(Observation& observation) {
  Identity& resource = observation.resource;
  // The id's {region} and {account} are those of the resource, where the entry says them.
  said_ = {};
  if (take(entry_.account, said_.account) == Verdict::over_limit ||
      take(entry_.region, said_.region) == Verdict::over_limit) {
    return Verdict::over_limit;
  }
  if (!said_.account.empty()) context_.account = said_.account;
  if (!said_.region.empty()) context_.region = said_.region;
  Verdict verdict = read_type(observation);
  if (verdict != Verdict::observed) return verdict;
  const TypeRule* rule =
      entry_.type.is_constant() ? entry_.type_rule : catalog_.rule_of_type(resource.type);
  verdict = read_id(observation, rule);
  if (verdict != Verdict::observed) return verdict;
  if (rule && !rule->apart.empty() && tell_apart(*rule, resource) == Verdict::over_limit) {
    return Verdict::over_limit;
  }
  if (entry_.spec->is_reusable || (rule && rule->is_reusable)) observation.flags |= kReusableId;
  take_from_arn(resource);
  return read_optional(resource);
}

// Types that share their ARNs: Neptune's clusters have those of RDS.
Observer::Verdict Observer::tell_apart(const TypeRule& rule, Identity& resource) {
  for (const Template& text : rule.apart) {
    const std::string_view before = resource.type;
    if (take(text, resource.type) == Verdict::over_limit) return Verdict::over_limit;
    if (resource.type != before) break;
  }
  return Verdict::observed;
}

// As the entry says; what its table does not have may be an ARN, which tells the type.
Observer::Verdict Observer::read_type(Observation& observation) {
  if (entry_.spec->resource.type_form != TypeForm::text) return read_type_of_arn(observation);
  const Verdict verdict = require(entry_.type, observation.resource.type);
  if (verdict != Verdict::nothing || entry_.type.table.empty()) return verdict;
  for (const Template& text : entry_.ids) {
    std::string_view id;
    if (take(text, id) == Verdict::over_limit) return Verdict::over_limit;
    observation.resource.type = type_of_arn(catalog_, id);
    if (observation.resource.type.empty()) continue;
    reason_ = {};
    return Verdict::observed;
  }
  return verdict;
}

Observer::Verdict Observer::read_type_of_arn(Observation& observation) {
  const bool is_own = entry_.spec->resource.type_form == TypeForm::own_arn;
  std::string_view service = event_.recognition.origin.source;
  service.remove_prefix(std::min(service.find('.') + 1, service.size()));
  for (const Template& text : entry_.ids) {
    std::string_view id;
    if (take(text, id) == Verdict::over_limit) return Verdict::over_limit;
    if (!id.starts_with("arn:") || (is_own && arn_fields(id).service != service)) continue;
    observation.resource.type = type_of_arn(catalog_, id);
    if (observation.resource.type.empty())
      observation.resource.type = type_by_words(catalog_, id, arena_);
    if (!observation.resource.type.empty()) return Verdict::observed;
  }
  if (reason_.empty()) reason_ = "no ARN tells which resource it is about";
  return Verdict::nothing;
}

// By the entry's paths; else by an ARN anywhere in the event that can be of nothing else. That also
// says where the resource is, where the event does not.
Observer::Verdict Observer::read_id(Observation& observation, const TypeRule* rule) {
  const std::string_view type = observation.resource.type;
  if (context_.account.empty() || context_.region.empty()) {
    const ArnFields arn = arn_fields(arn_elsewhere(type, rule).value_or(std::string_view()));
    if (context_.account.empty()) context_.account = copy_clean(arena_, arn.account);
    if (context_.region.empty()) context_.region = copy_clean(arena_, arn.region);
  }
  const Verdict verdict = read_said_id(observation, rule);
  if (verdict != Verdict::nothing || context_.element) return verdict;
  const std::optional<std::string_view> arn = arn_elsewhere(type, rule);
  if (!arn && entry_.ids.empty() && reason_.empty()) reason_ = "no ARN names the resource";
  if (!arn) return verdict;
  reason_ = {};
  return take_id(observation, rule, copy_clean(arena_, *arn));
}

std::optional<std::string_view> Observer::arn_elsewhere(std::string_view type,
                                                        const TypeRule* rule) const {
  const bool is_new =
      entry_.spec->effect == EntryEffect::create || entry_.spec->effect == EntryEffect::put;
  return named_arn(view_, {.type = type, .rule = rule, .is_new = is_new});
}

Observer::Verdict Observer::read_said_id(Observation& observation, const TypeRule* rule) {
  std::string_view id;
  Verdict verdict = Verdict::nothing;
  const std::string_view reason = reason_;
  const Whereabouts own{context_.account, context_.region};
  for (const Template& text : entry_.ids) {
    take_whereabouts(text);
    verdict = require(text, id);
    if (verdict != Verdict::nothing) break;
    context_.account = own.account;
    context_.region = own.region;
  }
  if (verdict != Verdict::observed) return verdict;
  if (view_.call.resources) take_whereabouts(whereabouts_in(*view_.call.resources, id));
  reason_ = reason;  // Those before it were only other ways to say it.
  return take_id(observation, rule, id);
}

Observer::Verdict Observer::take_id(Observation& observation, const TypeRule* rule,
                                    std::string_view id) {
  // A call of a REST API shows its path as it was sent.
  constexpr std::string_view kEncoded = "arn%3A";
  if (id.starts_with(kEncoded)) id = arena_.copy(percent_decode(id));
  id = from_last_arn(id);
  observation.resource.id = id;
  context_.physical_id = id;
  if (!is_whole_arn(id)) {
    return entry_.spec->resource.is_physical ? name_physical(observation, rule) : Verdict::observed;
  }
  const auto bare_id = bare_id_in(id, observation.resource.type, rule);
  if (!bare_id) return Verdict::observed;
  context_.physical_id = *bare_id;
  // An ARN that holds more than calls tell, or less, is not the id.
  if (!rule || rule->arn.is_empty()) return read_rules_name(observation, rule);
  take_whereabouts(whereabouts_of_name(id));
  return name_physical(observation, rule);
}

// What a call names wins over who received its record; the entry's own word wins over both.
void Observer::take_whereabouts(const Whereabouts& found) {
  if (!found.account.empty() && said_.account.empty()) {
    context_.account = copy_clean(arena_, found.account, kPlaceBytesMax);
  }
  if (!found.region.empty() && said_.region.empty()) {
    context_.region = copy_clean(arena_, found.region, kPlaceBytesMax);
  }
}

void Observer::take_whereabouts(const Template& text) {
  if (view_.shape != EventShape::cloudtrail) return;
  for (const TemplatePart& part : text.parts) {
    if (!part.has_slot || part.slot != Slot::path) continue;
    const std::optional<simdjson::dom::element> value = find(part.path, context_);
    std::string_view name;
    if (value && !value->get_string().get(name)) take_whereabouts(whereabouts_of_name(name));
  }
}

Observer::Verdict Observer::read_rules_name(Observation& observation, const TypeRule* rule) {
  return rule ? take(rule->name, observation.resource.name) : Verdict::observed;
}

Observer::Verdict Observer::name_physical(Observation& observation, const TypeRule* rule) {
  Identity& resource = observation.resource;
  if (read_rules_name(observation, rule) == Verdict::over_limit) return Verdict::over_limit;
  if (rule && !rule->id.is_empty()) return require(rule->id, resource.id);
  const std::string_view provider =
      observation.origin.source.starts_with("aws.") ? "aws" : "custom";
  if (provider == "aws" && (context_.account.empty() || context_.region.empty())) {
    if (reason_.empty()) reason_ = context_.account.empty() ? "no account" : "no region";
    return Verdict::nothing;
  }
  resource.id = arena_.join("urn:", provider, ":", context_.account, ":", context_.region, ":",
                            resource.type, ":", context_.physical_id);
  if (resource.id.size() <= kEventTextBytesMax) return Verdict::observed;
  reason_ = "an id of more than 2048 bytes";
  return Verdict::over_limit;
}

void Observer::take_from_arn(Identity& resource) const {
  const ArnFields arn = arn_fields(resource.id);
  // An entry's own word stands above the ARN's, the ARN's above the event's.
  const bool is_arns_account = said_.account.empty() && !arn.account.empty();
  const bool is_arns_region = said_.region.empty() && !arn.region.empty();
  resource.account = is_arns_account ? arn.account : context_.account;
  resource.region = is_arns_region ? arn.region : context_.region;
  resource.service = arn.service;
}

Observer::Verdict Observer::read_optional(Identity& resource) {
  if (event_.recognition.origin.source.starts_with("aws.")) resource.provider = "aws";
  if (resource.service.empty()) resource.service = service_of_type(resource.type, arena_);
  for (const auto& [text, place] :
       {std::pair(&entry_.name, &resource.name), std::pair(&entry_.zone, &resource.zone),
        std::pair(&entry_.provider, &resource.provider),
        std::pair(&entry_.service, &resource.service)}) {
    if (take(*text, *place) == Verdict::over_limit) return Verdict::over_limit;
  }
  return Verdict::observed;
}

}  // namespace statewire
