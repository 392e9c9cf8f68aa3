#include "inventory/terraform_state.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/dom_text.h"
#include "inventory/terraform_types.h"
#include "model/arn.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr uint64_t kStateVersion = 4;

// "eu-west-1" of eu-west-1a; empty where it is no zone's name.
std::string_view region_of_zone(std::string_view zone) {
  const bool is_zone = zone.size() > 2 && zone.back() >= 'a' && zone.back() <= 'z' &&
                       zone[zone.size() - 2] >= '0' && zone[zone.size() - 2] <= '9';
  return is_zone ? zone.substr(0, zone.size() - 1) : std::string_view();
}

// The word that was seen most often; the first in order of those seen equally often.
std::string most_frequent(const std::map<std::string, size_t, std::less<>>& seen) {
  const auto most = std::ranges::max_element(
      seen, [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == seen.end() ? std::string() : most->first;
}

// "module.web[0].module.db" without its indices. A key may hold dots and brackets, in quotes.
std::string without_indices(std::string_view address) {
  std::string out;
  bool is_in_index = false;
  bool is_quoted = false;
  for (size_t i = 0; i < address.size(); ++i) {
    const char c = address[i];
    if (is_quoted) {
      if (c == '\\') ++i;
      if (c == '"') is_quoted = false;
    } else if (c == '"') {
      is_quoted = is_in_index;
    } else if (c == '[') {
      is_in_index = true;
    } else if (c == ']') {
      is_in_index = false;
    } else if (!is_in_index) {
      out.push_back(c);
    }
  }
  return out;
}

std::string index_text(const object& instance) {
  element key;
  if (instance.at_key("index_key").get(key)) return {};
  if (key.is_string()) return "[\"" + std::string(key.get_string().value()) + "\"]";
  return "[" + std::string(simdjson::minify(key)) + "]";
}

bool is_of_aws(std::string_view provider) {
  return provider.find("hashicorp/aws\"") != provider.npos ||
         provider.find("provider.aws") != provider.npos;
}

class StateReader {
 public:
  explicit StateReader(const StateDefaults& defaults) : defaults_(defaults) {}

  // bad_input where it is not built as states are.
  Result<void> read(const object& state);
  DeclaredStack take();

 private:
  Result<void> read_resource(const object& resource);
  void read_instance(const object& instance, std::string_view type, const std::string& block,
                     const std::string& address);
  void note_place(std::string_view arn);
  static std::string_view id_by(std::string_view attributes, const object& values);
  static void join_by_named_arn(std::string_view type, const object& values,
                                DeclaredResource& resource);
  void add(const object& instance, const object& values, std::string_view type,
           DeclaredResource resource);

  const StateDefaults& defaults_;
  DeclaredStack stack_;
  // By how many instances each is told.
  std::map<std::string, size_t, std::less<>> accounts_;
  std::map<std::string, size_t, std::less<>> regions_;
};

Result<void> StateReader::read(const object& state) {
  stack_.tool = "terraform";
  stack_.lineage = text_of(state["lineage"]);
  if (state.at_key("serial").get_uint64().get(stack_.serial)) stack_.serial = 0;
  simdjson::dom::array resources;
  if (state.at_key("resources").get_array().get(resources)) {
    return bad_input("it has no list of resources");
  }
  for (const element each : resources) {
    object resource;
    if (each.get_object().get(resource)) return bad_input("a resource in it is no object");
    if (Result<void> read = read_resource(resource); !read) return read;
  }
  return {};
}

Result<void> StateReader::read_resource(const object& resource) {
  if (text_of(resource["mode"]) != "managed") return {};
  const std::string_view provider = text_of(resource["provider"]);
  const std::string_view type = text_of(resource["type"]);
  const std::string_view module = text_of(resource["module"]);
  std::string address(module);
  if (!address.empty()) address.push_back('.');
  address.append(type).append(".").append(text_of(resource["name"]));
  simdjson::dom::array instances;
  if (resource.at_key("instances").get_array().get(instances)) {
    return bad_input(address + " has no list of instances");
  }
  if (provider.find("registry.opentofu.org") != provider.npos) stack_.tool = "opentofu";
  if (!is_of_aws(provider)) {
    stack_.of_other_providers += instances.size();
    return {};
  }
  const std::string block = without_indices(address);
  for (const element each : instances) {
    object instance;
    if (each.get_object().get(instance)) continue;
    if (!text_of(instance["deposed"]).empty()) continue;
    read_instance(instance, type, block, address + index_text(instance));
  }
  return {};
}

void StateReader::note_place(std::string_view arn) {
  const std::string_view account = arn_fields(arn).account;
  const std::string_view region = arn_fields(arn).region;
  if (is_account(account)) ++accounts_[std::string(account)];
  if (!region.empty()) ++regions_[std::string(region)];
}

// The first of the attributes that is there and says something.
std::string_view StateReader::id_by(std::string_view attributes, const object& values) {
  while (!attributes.empty()) {
    const size_t bar = std::min(attributes.find('|'), attributes.size());
    std::string_view name = attributes.substr(0, bar);
    attributes.remove_prefix(std::min(bar + 1, attributes.size()));
    char until = '\0';
    if (const size_t cut = name.find('>'); cut != name.npos) {
      until = name[cut + 1];
      name = name.substr(0, cut);
    }
    std::string_view value = text_of(values[name]);
    if (until != '\0') value = value.substr(0, value.find(until));
    if (!value.empty()) return value;
  }
  return {};
}

// "replication_task_arn" is that of an aws_dms_replication_task itself, and "web_acl_arn" that of
// what an aws_wafv2_web_acl_rule is a part of. What the ARN of another name is of, only the table
// tells.
void StateReader::join_by_named_arn(std::string_view type, const object& values,
                                    DeclaredResource& resource) {
  constexpr std::string_view kEnding = "_arn";
  constexpr std::string_view kOfOthers[] = {"iam_role", "role", "kms_key"};
  std::string whole;  // The longest name says most.
  for (const auto& [key, value] : values) {
    const std::string_view arn = text_of(value);
    if (!key.ends_with(kEnding) || !arn.starts_with("arn:")) continue;
    const std::string_view name = key.substr(0, key.size() - kEnding.size());
    const std::string word = "_" + std::string(name);
    if (type.ends_with(word)) {
      resource.id = arn;
      resource.is_part = false;
      return;
    }
    // An association says of which resource it is, and does not make that resource.
    const bool is_named = name == "resource" ? type.ends_with("_resource_policy")
                                             : type.find(word + "_") != type.npos;
    if (!is_named || name.size() <= whole.size()) continue;
    if (std::ranges::find(kOfOthers, name) != std::end(kOfOthers)) continue;
    whole = name;
    resource.id = arn;
    resource.is_part = true;
  }
}

void StateReader::read_instance(const object& instance, std::string_view type,
                                const std::string& block, const std::string& address) {
  object values;
  if (instance.at_key("attributes").get_object().get(values)) {
    stack_.unjoined.push_back({address, std::string(type), "it has no attributes"});
    return;
  }
  add(instance, values, type,
      {.type = {}, .id = {}, .account = {}, .region = {}, .address = address, .block = block});
}

void StateReader::add(const object& instance, const object& values, std::string_view type,
                      DeclaredResource resource) {
  const TerraformType* const row = find_terraform_type(type);
  // By what the provider knows it, since Terraform 1.12: an ARN, or an account, a region and a
  // name.
  const FoundElement identity = instance["identity"];
  std::string_view arn = id_by("arn|id", values);
  if (!arn.starts_with("arn:")) arn = text_of(identity["arn"]);
  const bool has_arn = arn.starts_with("arn:");
  if (row != nullptr) {
    resource.type = row->type;
    resource.is_part = row->is_part;
    resource.id = id_by(row->attributes, values);
  } else if (has_arn) {
    resource.id = arn;
  } else {
    join_by_named_arn(type, values, resource);
  }
  if (resource.id.empty()) {
    const bool is_of_account = row != nullptr && row->attributes.empty();
    stack_.unjoined.push_back({resource.address, std::string(type),
                               is_of_account    ? "a setting of an account or region"
                               : row == nullptr ? "it has no ARN, and the table does not know it"
                                                : "it does not say which resource it is of"});
    return;
  }
  if (has_arn) note_place(arn);
  // By what it says of itself, then by what else it names.
  std::string_view account = arn_fields(resource.id).account;
  std::string_view region = arn_fields(resource.id).region;
  if (account.empty() && has_arn) account = arn_fields(arn).account;
  if (region.empty() && has_arn) region = arn_fields(arn).region;
  if (account.empty()) account = text_of(identity["account_id"]);
  if (region.empty()) region = text_of(identity["region"]);
  if (account.empty() && is_account(text_of(values["owner_id"]))) {
    account = text_of(values["owner_id"]);
  }
  if (region.empty()) region = text_of(values["region"]);
  if (region.empty()) region = region_of_zone(text_of(values["availability_zone"]));
  for (const auto& [key, value] : values) {
    std::string_view other;
    if (value.get_string().get(other) || !other.starts_with("arn:")) continue;
    const std::string_view its = arn_fields(other).account;
    if (account.empty() && is_account(its)) account = its;
    if (region.empty()) region = arn_fields(other).region;
    if (!has_arn) note_place(other);
  }
  resource.account = account;
  resource.region = region;
  stack_.resources.push_back(std::move(resource));
}

DeclaredStack StateReader::take() {
  const std::string account =
      defaults_.account.empty() ? most_frequent(accounts_) : defaults_.account;
  const std::string region = defaults_.region.empty() ? most_frequent(regions_) : defaults_.region;
  for (DeclaredResource& resource : stack_.resources) {
    if (resource.account.empty()) resource.account = account;
    if (resource.region.empty()) resource.region = region;
  }
  return std::move(stack_);
}

}  // namespace

Result<DeclaredStack> read_terraform_state(std::string_view text, const StateDefaults& defaults) {
  simdjson::dom::parser parser;
  object state;
  if (const auto fault = parser.parse(simdjson::padded_string(text)).get_object().get(state)) {
    return bad_input(std::string("it is no whole state: ") + simdjson::error_message(fault));
  }
  uint64_t version = 0;
  if (state.at_key("version").get_uint64().get(version)) {
    return bad_input("it is no state: it names no version");
  }
  if (version != kStateVersion) {
    return bad_input("it has version " + std::to_string(version) + ", and only version " +
                     std::to_string(kStateVersion) + " is read");
  }
  StateReader reader(defaults);
  if (const Result<void> read = reader.read(state); !read) return read.error();
  return reader.take();
}

}  // namespace statewire
