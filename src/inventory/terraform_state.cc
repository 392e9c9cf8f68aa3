#include "inventory/terraform_state.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/dom_text.h"
#include "inventory/terraform_address.h"
#include "inventory/terraform_types.h"
#include "model/arn.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// What Terraform wrote until 0.11, and what converters of other inventories still write.
constexpr uint64_t kOldVersion = 3;
constexpr uint64_t kVersion = 4;

// The word that was seen most often; the first in order of those seen equally often.
std::string most_frequent(const std::map<std::string, size_t, std::less<>>& seen) {
  const auto most = std::ranges::max_element(
      seen, [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == seen.end() ? std::string() : most->first;
}

std::string index_text(const object& instance) {
  element key;
  if (instance.at_key("index_key").get(key)) return {};
  if (key.is_string()) return "[\"" + std::string(key.get_string().value()) + "\"]";
  return "[" + std::string(simdjson::minify(key)) + "]";
}

// Calls `take` with each text of a list: `name` is an array, or `name.0`, `name.1` in flat
// attributes, whose `name.#` is the count.
template <typename Take>
void each_text(const object& values, std::string_view name, const Take& take) {
  simdjson::dom::array list;
  if (values.at_key(name).get_array().get(list) == simdjson::SUCCESS) {
    for (const element each : list) take(text_of(each));
    return;
  }
  for (const auto& [key, value] : values) {
    const bool is_of_list = key.size() > name.size() + 1 && key.starts_with(name) &&
                            key[name.size()] == '.' && key.back() != '#';
    if (is_of_list) take(text_of(value));
  }
}

// How often each account and each region is told.
struct Places {
  std::map<std::string, size_t, std::less<>> accounts;
  std::map<std::string, size_t, std::less<>> regions;

  void note(std::string_view account, std::string_view region) {
    if (is_account(account)) ++accounts[std::string(account)];
    if (!region.empty()) ++regions[std::string(region)];
  }
};

class StateReader {
 public:
  explicit StateReader(const StateDefaults& defaults) : defaults_(defaults) {}

  // bad_input where it is not built as states of that version are.
  Result<void> read(const object& state);
  Result<void> read_old(const object& state);
  DeclaredStack take();

 private:
  void read_head(const object& state);
  Result<void> read_resource(const object& resource);
  Result<void> read_old_module(const object& module);
  void read_old_resource(const std::string& module, std::string_view key, const object& resource);
  void read_data(const object& instance, std::string_view type);
  void read_instance(const object& instance, std::string_view type, const std::string& block,
                     const std::string& address);
  static std::string_view id_by(std::string_view attributes, const object& values);
  static std::string_view own_arn(const object& instance, const object& values);
  static void join_by_named_arn(std::string_view type, const object& values,
                                DeclaredResource& resource);
  void add(const object& instance, const object& values, std::string_view type,
           DeclaredResource resource);
  void place(const object& instance, const object& values, DeclaredResource& resource);
  bool add_attached(const object& values, const DeclaredResource& policy);

  const StateDefaults& defaults_;
  DeclaredStack stack_;
  Places of_resources_;
  Places of_data_;
  std::string caller_;  // The account of `aws_caller_identity`.
};

void StateReader::read_head(const object& state) {
  stack_.tool = "terraform";
  stack_.lineage = text_of(state["lineage"]);
  if (state.at_key("serial").get_uint64().get(stack_.serial)) stack_.serial = 0;
}

Result<void> StateReader::read(const object& state) {
  read_head(state);
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

Result<void> StateReader::read_old(const object& state) {
  read_head(state);
  simdjson::dom::array modules;
  if (state.at_key("modules").get_array().get(modules)) {
    return bad_input("it has no list of modules");
  }
  for (const element each : modules) {
    object module;
    if (each.get_object().get(module)) return bad_input("a module in it is no object");
    if (Result<void> read = read_old_module(module); !read) return read;
  }
  return {};
}

Result<void> StateReader::read_old_module(const object& module) {
  std::string address;
  each_text(module, "path", [&](std::string_view name) {
    if (name != "root") address.append("module.").append(name).append(".");
  });
  object resources;
  if (module.at_key("resources").get_object().get(resources)) {
    return bad_input("a module in it has no resources");
  }
  for (const auto& [key, value] : resources) {
    object resource;
    if (value.get_object().get(resource)) return bad_input(std::string(key) + " is no object");
    read_old_resource(address, key, resource);
  }
  return {};
}

// What has no `primary` is only there because something that was replaced is (deposed).
void StateReader::read_old_resource(const std::string& module, std::string_view key,
                                    const object& resource) {
  const std::string_view type = text_of(resource["type"]);
  object primary;
  if (resource.at_key("primary").get_object().get(primary)) return;
  if (key.starts_with("data.")) return read_data(primary, type);
  if (!is_of_aws(text_of(resource["provider"]), type)) {
    ++stack_.of_other_providers;
    return;
  }
  const std::string index = index_of_key(key);
  // A count stands behind a dot, where the address has brackets.
  if (!index.empty()) key.remove_suffix(index.size() - 1);
  const std::string block = module + std::string(key);
  read_instance(primary, type, block, block + index);
}

Result<void> StateReader::read_resource(const object& resource) {
  const std::string_view mode = text_of(resource["mode"]);
  if (mode != "managed" && mode != "data") return {};
  const std::string_view provider = text_of(resource["provider"]);
  const std::string_view type = text_of(resource["type"]);
  const std::string_view module = text_of(resource["module"]);
  std::string address(module);
  if (!address.empty()) address.push_back('.');
  address.append(type).append(".").append(text_of(resource["name"]));
  simdjson::dom::array instances;
  if (resource.at_key("instances").get_array().get(instances)) {
    return mode == "data" ? Result<void>() : bad_input(address + " has no list of instances");
  }
  if (mode == "data") {
    for (const element each : instances) {
      if (object instance; !each.get_object().get(instance)) read_data(instance, type);
    }
    return {};
  }
  if (provider.find("registry.opentofu.org") != provider.npos) stack_.tool = "opentofu";
  if (!is_of_aws(provider, type)) {
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

// Data sources declare nothing. They tell where a state is whose resources do not.
void StateReader::read_data(const object& instance, std::string_view type) {
  object values;
  if (instance.at_key("attributes").get_object().get(values)) return;
  if (type == "aws_caller_identity") caller_ = text_of(values["account_id"]);
  if (type == "aws_region") of_data_.note({}, id_by("region|name|id", values));
  if (!type.starts_with("aws_")) return;
  const ArnFields arn = arn_fields(text_of(values["arn"]));
  of_data_.note(arn.account, arn.region);
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

// Empty where it has none. By `identity` the provider knows it, since Terraform 1.12: an ARN, or
// an account, a region and a name.
std::string_view StateReader::own_arn(const object& instance, const object& values) {
  std::string_view arn = id_by("arn|id", values);
  if (!arn.starts_with("arn:")) arn = text_of(instance["identity"]["arn"]);
  return arn.starts_with("arn:") ? arn : std::string_view();
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
  if (instance.at_key("attributes").get_object().get(values) &&
      instance.at_key("attributes_flat").get_object().get(values)) {
    stack_.unjoined.push_back({address, std::string(type), "it has no attributes"});
    return;
  }
  add(instance, values, type,
      {.type = {}, .id = {}, .account = {}, .region = {}, .address = address, .block = block});
}

void StateReader::add(const object& instance, const object& values, std::string_view type,
                      DeclaredResource resource) {
  const TerraformType* const row = find_terraform_type(type);
  const std::string_view arn = own_arn(instance, values);
  if (row != nullptr) {
    resource.type = row->type;
    resource.is_part = row->is_part;
    resource.id = id_by(row->attributes, values);
  } else if (!arn.empty()) {
    resource.id = arn;
  } else {
    join_by_named_arn(type, values, resource);
  }
  const bool is_of_aws_itself = arn_fields(resource.id).account == "aws";
  const bool is_joined = !resource.id.empty() && !is_of_aws_itself;
  if (is_joined) place(instance, values, resource);
  if (is_joined) stack_.resources.push_back(resource);
  const bool is_attached = type == "aws_iam_policy_attachment" && add_attached(values, resource);
  if (!is_joined && !is_attached) {
    const bool is_of_account = row != nullptr && row->attributes.empty();
    stack_.unjoined.push_back({resource.address, std::string(type),
                               is_of_aws_itself ? "it is of AWS, and of no account"
                               : is_of_account  ? "a setting of an account or region"
                               : row == nullptr ? "it has no ARN, and the table does not know it"
                                                : "it does not say which resource it is of"});
  }
}

// It attaches a policy, which may be one of AWS, to each of these. False where they are none.
bool StateReader::add_attached(const object& values, const DeclaredResource& policy) {
  constexpr std::pair<std::string_view, std::string_view> kLists[] = {
      {"roles", "AWS::IAM::Role"}, {"users", "AWS::IAM::User"}, {"groups", "AWS::IAM::Group"}};
  bool is_any = false;
  for (const auto& [list, kind] : kLists) {
    each_text(values, list, [&](std::string_view name) {
      if (name.empty()) return;
      is_any = true;
      DeclaredResource part = policy;
      part.type = kind;
      part.id = name;
      stack_.resources.push_back(std::move(part));
    });
  }
  return is_any;
}

// By what it says of itself, then by what else it names.
void StateReader::place(const object& instance, const object& values, DeclaredResource& resource) {
  const std::string_view arn = own_arn(instance, values);
  const FoundElement identity = instance["identity"];
  std::string_view account = arn_fields(resource.id).account;
  std::string_view region = arn_fields(resource.id).region;
  if (account.empty()) account = arn_fields(arn).account;
  if (region.empty()) region = arn_fields(arn).region;
  if (account.empty()) account = text_of(identity["account_id"]);
  if (region.empty()) region = text_of(identity["region"]);
  if (account.empty() && is_account(text_of(values["owner_id"]))) {
    account = text_of(values["owner_id"]);
  }
  if (region.empty()) region = text_of(values["region"]);
  if (region.empty()) region = region_of_zone(text_of(values["availability_zone"]));
  for (const auto& [key, value] : values) {
    const ArnFields other = arn_fields(text_of(value));
    if (account.empty() && is_account(other.account)) account = other.account;
    if (region.empty()) region = other.region;
  }
  of_resources_.note(account, region);
  resource.account = account;
  resource.region = region;
}

DeclaredStack StateReader::take() {
  std::string account = defaults_.account;
  std::string region = defaults_.region;
  if (account.empty()) account = most_frequent(of_resources_.accounts);
  if (account.empty()) account = caller_;
  if (account.empty()) account = most_frequent(of_data_.accounts);
  if (region.empty()) region = most_frequent(of_resources_.regions);
  if (region.empty()) region = most_frequent(of_data_.regions);
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
  if (!text_of(state["encrypted_data"]).empty())
    return bad_input("it is encrypted, and is not read");
  uint64_t version = 0;
  if (state.at_key("version").get_uint64().get(version)) {
    return bad_input("it is no state: it names no version");
  }
  if (version != kOldVersion && version != kVersion) {
    return bad_input("it has version " + std::to_string(version) +
                     ", and only versions 3 and 4 are read");
  }
  StateReader reader(defaults);
  const Result<void> read = version == kOldVersion ? reader.read_old(state) : reader.read(state);
  if (!read) return read.error();
  return reader.take();
}

}  // namespace statewire
