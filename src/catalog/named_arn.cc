#include "catalog/named_arn.h"

#include <algorithm>
#include <cctype>

#include "catalog/render.h"
#include "catalog/row_table.h"
#include "catalog/whereabouts.h"

namespace statewire {
namespace {

using simdjson::dom::element;

constexpr std::string_view kArn = "arn:";

// The next field of an ARN that begins `text`.
std::string_view take_field(std::string_view& text) {
  const std::string_view field = text.substr(0, text.find(':'));
  text.remove_prefix(field.size());
  return field;
}

// Of one resource, not of many. `stands_alone`: nothing before it in the ARN says of which type.
bool is_bare_id(std::string_view text, bool stands_alone) {
  return !text.empty() && text.find_first_of("*?$ \t\r\n") == text.npos &&
         (!stands_alone || text.find_first_of("/:") == text.npos);
}

// `is_filtered`: the filters of {} say what of it is the bare id.
std::optional<std::string_view> bare_id_by_template(std::string_view arn, const Template& shape,
                                                    bool is_filtered) {
  const std::string_view whole = arn;
  for (const TemplatePart& part : shape.parts) {
    if (!arn.starts_with(part.literal)) return std::nullopt;
    arn.remove_prefix(part.literal.size());
    if (!part.has_slot) continue;
    if (part.slot == Slot::physical_id) {
      const std::string_view bare = is_filtered ? filtered_bare_id(shape, arn) : arn;
      const bool stands_alone = arn == arn_fields(whole).resource;
      return is_bare_id(bare, stands_alone) ? std::optional(bare) : std::nullopt;
    }
    const std::string_view field = take_field(arn);
    if (field.empty() || (part.slot == Slot::account && !is_account(field))) return std::nullopt;
  }
  return std::nullopt;
}

char plain(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// "LoadBalancer" is "loadbalancer", and "TrustAnchor" is "trust-anchor".
bool is_same_word(std::string_view word, std::string_view other) {
  size_t at = 0;
  for (const char c : other) {
    if (c == '-' || c == '_') continue;
    if (at == word.size() || plain(word[at++]) != plain(c)) return false;
  }
  return at == word.size();
}

// "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing" and "loadbalancer/…".
std::optional<std::string_view> bare_id_by_words(std::string_view arn, std::string_view type) {
  constexpr std::string_view kAws = "AWS::";
  const size_t end = type.rfind("::");
  if (!type.starts_with(kAws) || end < kAws.size()) return std::nullopt;
  std::string_view service = type.substr(kAws.size(), end - kAws.size());
  if (service.ends_with("V2")) service.remove_suffix(2);
  const ArnFields fields = arn_fields(arn);
  const size_t separator = fields.resource.find_first_of("/:");
  if (separator == fields.resource.npos || !is_same_word(service, fields.service) ||
      !is_same_word(type.substr(end + 2), fields.resource.substr(0, separator))) {
    return std::nullopt;
  }
  const std::string_view bare = fields.resource.substr(separator + 1);
  return is_bare_id(bare, false) ? std::optional(bare) : std::nullopt;
}

// "quantum-task" is "QuantumTask". What is no letter or digit is left out.
std::string_view pascal(std::string_view words, Arena& arena) {
  char* const begin = arena.allocate(words.size());
  char* end = begin;
  bool begins = true;
  for (const char c : words) {
    const bool is_of_word = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (is_of_word) {
      *end++ = begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    }
    begins = !is_of_word;
  }
  return {begin, static_cast<size_t>(end - begin)};
}

// In the same account and region.
bool is_beside(std::string_view arn, std::string_view other) {
  const ArnFields a = arn_fields(arn);
  const ArnFields b = arn_fields(other);
  return a.account == b.account && a.region == b.region;
}

// What one place of an event names.
class Finding {
 public:
  explicit Finding(const ArnSearch& search) : search_(search) {}

  void look_at(std::string_view text) {
    if (!text.starts_with(kArn)) return;
    const auto bare_id = bare_id_in(text, search_.type, search_.rule);
    if (!bare_id) return;
    is_one_ = arn_.empty() || (is_one_ && *bare_id == bare_id_ && is_beside(text, arn_));
    arn_ = text;
    bare_id_ = *bare_id;
  }
  void look_into(element value) {
    std::string_view text;
    simdjson::dom::object fields;
    simdjson::dom::array items;
    if (!value.get_string().get(text)) {
      look_at(text);
    } else if (!value.get_object().get(fields)) {
      for (const auto field : fields) look_into(field.value);
    } else if (!value.get_array().get(items)) {
      for (const element item : items) look_into(item);
    }
  }
  std::optional<std::string_view> only() const {
    return is_one_ ? std::optional(arn_) : std::nullopt;
  }

 private:
  const ArnSearch& search_;
  std::string_view arn_;
  std::string_view bare_id_;
  bool is_one_ = false;
};

// A record's list has objects, an envelope's has texts.
void look_at_resources(const simdjson::dom::array& resources, Finding& finding) {
  for (const element each : resources) {
    std::string_view arn;
    if (!each.get_string().get(arn) || !each["ARN"].get_string().get(arn) ||
        !each["arn"].get_string().get(arn)) {
      finding.look_at(arn);
    }
  }
}

// "User: <who> is not authorized to perform: <what> on resource: <this> because <policy> …"
void look_at_error(std::string_view message, Finding& finding) {
  constexpr std::string_view kCaller = "User: ";
  constexpr std::string_view kEndsArn = " ,;'\"()[]<>\t\r\n";
  message = message.substr(0, message.find(" because "));
  message = message.substr(0, message.find(" with an explicit deny"));
  size_t at = 0;
  while ((at = message.find(kArn, at)) != message.npos) {
    const size_t end = std::min(message.find_first_of(kEndsArn, at), message.size());
    std::string_view arn = message.substr(at, end - at);
    const bool is_caller = message.substr(0, at).ends_with(kCaller);
    while (arn.ends_with('.') || arn.ends_with(':')) arn.remove_suffix(1);
    if (!is_caller) finding.look_at(arn);
    at = end;
  }
}

// How much of the ARN the type leaves open; all of it, where only its words say that it is one.
size_t open_bytes_by(const TypeRule* rule, std::string_view arn) {
  if (rule == nullptr) return arn.size();
  for (const std::string_view shape :
       {std::string_view(rule->shape), std::string_view(rule->arn.text),
        std::string_view(rule->id.text)}) {
    if (shape.starts_with(kArn)) return open_bytes(arn, shape).value_or(arn.size());
  }
  return arn.size();
}

}  // namespace

std::optional<std::string_view> bare_id_in(std::string_view arn, std::string_view type,
                                           const TypeRule* rule) {
  if (rule && !rule->arn.is_empty()) return bare_id_by_template(arn, rule->arn, true);
  if (rule && rule->id.text.starts_with(kArn)) return bare_id_by_template(arn, rule->id, false);
  return bare_id_by_words(arn, type);
}

std::string_view type_of_arn(const CompiledCatalog& catalog, std::string_view arn) {
  Closest closest;
  const auto look_at = [&](const std::string& type, const TypeRule* rule) {
    const bool is_of_shape = rule && !rule->shape.empty() && open_bytes(arn, rule->shape);
    if (is_of_shape || bare_id_in(arn, type, rule)) closest.add(type, open_bytes_by(rule, arn));
  };
  for (const std::string_view service : {arn_fields(arn).service, std::string_view()}) {
    const auto types = catalog.types_by_service.find(service);
    if (types == catalog.types_by_service.end()) continue;
    for (const auto* type : types->second) look_at(type->first, &type->second);
  }
  for (const std::string& type : catalog.types_without_rule) look_at(type, nullptr);
  // Rows know parts that entries have no type for: a stage of an API.
  return catalog.rows->type_of_arn(arn, closest);
}

std::string_view type_by_words(const CompiledCatalog& catalog, std::string_view arn, Arena& arena) {
  const ArnFields fields = arn_fields(arn);
  const size_t end = fields.resource.find_first_of("/:");
  if (fields.service.empty() || end == 0 || end == fields.resource.npos) return {};
  const auto known = catalog.types_by_service.find(fields.service);
  std::string_view service;
  if (known != catalog.types_by_service.end()) {
    service = known->second.front()->first;
    service = service.substr(0, service.rfind("::"));
  } else {
    service = arena.join("AWS::", pascal(fields.service, arena));
  }
  return arena.join(service, "::", pascal(fields.resource.substr(0, end), arena));
}

std::optional<std::string_view> named_arn(const EventView& view, const ArnSearch& search) {
  enum class Place { response, resources, request, error };
  for (const Place place : {Place::response, Place::resources, Place::request, Place::error}) {
    Finding finding(search);
    switch (place) {
      case Place::response:
        if (view.response) finding.look_into(*view.response);
        break;
      case Place::resources:
        if (view.call.resources) look_at_resources(*view.call.resources, finding);
        if (view.resources) look_at_resources(*view.resources, finding);
        break;
      case Place::request:
        if (view.request && !search.is_new) finding.look_into(*view.request);
        break;
      case Place::error:
        look_at_error(view.call.error_message, finding);
        break;
    }
    if (const auto arn = finding.only()) return arn;
  }
  return std::nullopt;
}

}  // namespace statewire
