#include "inventory/terraform_inventory.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "aws/bucket.h"
#include "base/ids.h"
#include "inventory/code_index.h"
#include "inventory/far_states.h"
#include "inventory/state_place.h"
#include "inventory/terraform_state.h"
#include "inventory/trouble.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

struct TerraformSettings {
  std::string name;
  std::vector<std::string> states;  // As configured.
  std::string code;                 // The folder of the root module; empty: none.
  StateDefaults defaults;
};

class TerraformInventory final : public Inventory {
 public:
  // `stop` ends the calls of `places`.
  TerraformInventory(TerraformSettings settings, std::vector<std::unique_ptr<StatePlace>> places,
                     std::stop_source stop)
      : settings_(std::move(settings)), places_(std::move(places)), stop_(std::move(stop)) {
    for (const std::unique_ptr<StatePlace>& place : places_) {
      far_.push_back(place->is_far() ? std::make_unique<FarStates>(*place) : nullptr);
    }
  }

  std::vector<InventoryPlace> far_places() const override;
  void visit(size_t place, const std::function<void()>& on_answer) override;

  bool has_changed() override {
    read_code();
    const Result<StateMarks> marks = marks_now();
    is_code_fresh_ = !is_read_ || !marks || *marks != marks_ || code_hash_ != read_code_hash_ ||
                     code_trouble_ != read_code_trouble_;
    return is_code_fresh_;
  }

  InventoryReading read() override;
  void stop() override { stop_.request_stop(); }

 private:
  struct StateName {
    std::string name;
    fs::path above;  // The folder above those that are in the name.
  };

  Result<StateMarks> marks_of(size_t which);
  Result<StateMarks> marks_now();
  void read_code();
  void read_place(size_t which, StateMarks& marks, InventoryReading& reading);
  StateName name_of_state(const fs::path& path) const;
  std::vector<std::string> names_of_states(const std::vector<std::string>& all) const;
  void name_stacks(const StateMarks& found, std::vector<DeclaredStack>& stacks) const;
  void find_code(DeclaredStack& stack) const;

  const TerraformSettings settings_;
  std::vector<std::unique_ptr<StatePlace>> places_;  // Of settings_.states, in the same order.
  std::vector<std::unique_ptr<FarStates>> far_;      // The same; null for what is near.
  std::stop_source stop_;
  CodeIndex code_;
  std::string code_trouble_;
  uint64_t code_hash_ = 0;
  bool is_code_fresh_ = false;  // has_changed() has read it for the reading that follows.
  // Of the last reading that was whole.
  bool is_read_ = false;
  StateMarks marks_;
  uint64_t read_code_hash_ = 0;
  std::string read_code_trouble_;
};

std::vector<InventoryPlace> TerraformInventory::far_places() const {
  std::vector<InventoryPlace> places;
  for (size_t i = 0; i < far_.size(); ++i) {
    if (far_[i] != nullptr) places.push_back({.name = settings_.states[i]});
  }
  return places;
}

void TerraformInventory::visit(size_t place, const std::function<void()>& on_answer) {
  for (const std::unique_ptr<FarStates>& far : far_) {
    if (far != nullptr && place-- == 0) return far->ask(settings_.defaults, on_answer);
  }
}

Result<StateMarks> TerraformInventory::marks_of(size_t which) {
  return far_[which] != nullptr ? far_[which]->marks() : places_[which]->look();
}

Result<StateMarks> TerraformInventory::marks_now() {
  StateMarks all;
  for (size_t i = 0; i < places_.size(); ++i) {
    Result<StateMarks> marks = marks_of(i);
    if (!marks) return marks;
    all.merge(*marks);
  }
  return all;
}

// A folder that is not mounted looks like one without code: what was there last holds.
void TerraformInventory::read_code() {
  if (settings_.code.empty()) return;
  Result<CodeIndex> index = index_code(settings_.code);
  const bool is_there = index && !index->empty();
  code_trouble_ = is_there ? std::string()
                  : index  ? "code: no resource is in " + settings_.code
                           : "code: " + index.error().text;
  if (!is_there) return;
  code_ = *std::move(index);
  std::string all;
  for (const auto& [block, place] : code_) {
    all.append(block).append("\n").append(place.file).append(":");
    all.append(std::to_string(place.line)).append("\n");
  }
  code_hash_ = hash64(all);
}

// "network" of network.tfstate. Where all are called terraform.tfstate, the folder tells.
TerraformInventory::StateName TerraformInventory::name_of_state(const fs::path& path) const {
  constexpr std::string_view kUsual = "terraform";
  std::string name = path.filename().string();
  if (const size_t end = name.rfind(".tfstate"); end != name.npos) name.resize(end);
  const fs::path folder = path.parent_path();
  if (name != kUsual && !name.empty()) return {name, folder};
  const bool is_alone = settings_.states.size() == 1 && settings_.states.front() == path.string();
  const std::string above = folder.filename().string();
  return {is_alone || above.empty() ? settings_.name : above, folder.parent_path()};
}

// Those that would be called the same get the folders above them: "eu/prod" and "us/prod".
std::vector<std::string> TerraformInventory::names_of_states(
    const std::vector<std::string>& all) const {
  std::vector<StateName> named;
  for (const std::string& path : all) named.push_back(name_of_state(path));
  for (bool is_longer = true; is_longer;) {
    is_longer = false;
    std::map<std::string, size_t> uses;
    for (const StateName& each : named) ++uses[each.name];
    for (StateName& each : named) {
      if (uses[each.name] < 2 || !each.above.has_filename()) continue;
      each.name = each.above.filename().string() + "/" + each.name;
      each.above = each.above.parent_path();
      is_longer = true;
    }
  }
  std::vector<std::string> names;
  for (StateName& each : named) names.push_back(std::move(each.name));
  return names;
}

// `found` are all states, also those that could not be read.
void TerraformInventory::name_stacks(const StateMarks& found,
                                     std::vector<DeclaredStack>& stacks) const {
  std::vector<std::string> paths;
  for (const auto& [path, mark] : found) paths.push_back(path);
  const std::vector<std::string> names = names_of_states(paths);
  for (DeclaredStack& stack : stacks) {
    const auto place = std::ranges::find(paths, stack.path);
    stack.name = names[static_cast<size_t>(place - paths.begin())];
  }
}

void TerraformInventory::find_code(DeclaredStack& stack) const {
  for (DeclaredResource& resource : stack.resources) {
    const auto place = code_.find(resource.block);
    if (place == code_.end()) continue;
    resource.file = place->second.file;
    resource.line = place->second.line;
  }
}

// Where all states that tell an account tell the same one, those that tell none are in it; likewise
// for regions.
void fill_places(std::vector<DeclaredStack>& stacks) {
  for (std::string DeclaredResource::* const place :
       {&DeclaredResource::account, &DeclaredResource::region}) {
    std::set<std::string_view> told;
    for (const DeclaredStack& stack : stacks) {
      for (const DeclaredResource& resource : stack.resources) told.insert(resource.*place);
    }
    told.erase("");
    if (told.size() != 1) continue;
    const std::string only(*told.begin());
    for (DeclaredStack& stack : stacks) {
      for (DeclaredResource& resource : stack.resources) {
        if ((resource.*place).empty()) resource.*place = only;
      }
    }
  }
}

// What one place cannot tell leaves the others as they are.
void TerraformInventory::read_place(size_t which, StateMarks& marks, InventoryReading& reading) {
  const std::string& state = settings_.states[which];
  const auto fail = [&](const std::string& what, const Error& error, std::string found_by) {
    reading.is_whole = false;
    reading.unread.push_back(
        {.name = what, .account = {}, .region = {}, .found_by = std::move(found_by)});
    if (error.kind != ErrorKind::unavailable) reading.is_passing = false;
    add_trouble(what, error, reading.trouble);
  };
  Result<StateMarks> found = marks_of(which);
  if (!found) {
    // One that is named takes part in the names of all, whether it is there or not.
    if (state.find_first_of(kOfPatterns) == state.npos) marks.emplace(state, "");
    return fail(state, found.error(), {});
  }
  for (auto& [path, mark] : *found) {
    if (marks.contains(path)) continue;  // Two patterns meet it.
    Result<DeclaredStack> stack = far_[which] != nullptr
                                      ? far_[which]->stack(path)
                                      : read_state(*places_[which], path, settings_.defaults, mark);
    marks.emplace(path, mark);
    if (!stack) {
      fail(path, stack.error(), state);
      continue;
    }
    stack->path = path;
    stack->found_by = state;
    find_code(*stack);
    reading.stacks.push_back(*std::move(stack));
  }
}

InventoryReading TerraformInventory::read() {
  InventoryReading reading;
  StateMarks marks;
  if (!std::exchange(is_code_fresh_, false)) read_code();
  reading.trouble = code_trouble_;
  reading.has_places = settings_.code.empty() || !code_.empty();
  reading.is_passing = code_trouble_.empty();
  for (size_t i = 0; i < places_.size(); ++i) read_place(i, marks, reading);
  // A folder that is not mounted looks like one in which nothing is declared. What is named is
  // missed by its place.
  if (marks.empty() && reading.is_whole) {
    reading.is_whole = false;
    reading.is_passing = false;
    reading.trouble = kNoStateText;
    for (const std::string& state : settings_.states) reading.unread.push_back({.name = state});
  }
  name_stacks(marks, reading.stacks);
  fill_places(reading.stacks);
  if (reading.is_whole) {
    is_read_ = true;
    marks_ = std::move(marks);
    read_code_hash_ = code_hash_;
    read_code_trouble_ = code_trouble_;
  }
  return reading;
}

bool is_http(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

// What no state has a use for would be dropped in silence.
void check_use(MapReader& keys, const Node& state) {
  bool has_http = false;
  bool has_s3 = false;
  for (const Node& each : state.items_or_itself()) {
    const std::string text = each.is_scalar() ? each.text() : std::string();
    has_http = has_http || is_http(text);
    has_s3 = has_s3 || text.starts_with(kS3Scheme);
  }
  if (!has_s3) keys.optional("role").error_at_key("no state is in S3");
  const bool has_user = !keys.optional("user").text().empty();
  if (!has_http) keys.optional("user").error_at_key("no state is behind HTTP");
  for (const std::string_view key : {"password", "password_file"}) {
    const Node password = keys.optional(key);
    if (!has_http) {
      password.error_at_key("no state is behind HTTP");
    } else if (!has_user) {
      password.error_at_key("it is told along with `user`, and there is none");
    }
  }
}

// What all places of an inventory share.
struct PlaceKeys {
  AwsRole role;
  std::string user;
  Secret password;
  InventoryContext& context;
  std::stop_token stop;
};

std::unique_ptr<StatePlace> open_http_place(const Node& node, const PlaceKeys& keys,
                                            std::string& text) {
  Result<HttpStateAddress> address = parse_http_state(text);
  if (!address) {
    node.error(address.error().text);
    return nullptr;
  }
  text = address->shown;
  address->user = keys.user;
  address->password = keys.password;
  return state_behind_http(*std::move(address), keys.context.http, keys.stop);
}

// Null where it is no place; its problem is told. `text` becomes what it is called.
std::unique_ptr<StatePlace> open_place(const Node& node, const PlaceKeys& keys, std::string& text) {
  constexpr std::string_view kWanted =
      "states are read in files, in S3 and over HTTP: wanted a path, s3://BUCKET/KEY or a URL";
  if (!node.is_scalar() || node.text().find("://") == std::string::npos) {
    text = node.file_path();
    return text.empty() ? nullptr : states_in_files(text);
  }
  text = node.text();
  if (is_http(text)) return open_http_place(node, keys, text);
  Result<S3StatePattern> pattern = parse_s3_states(text);
  if (!pattern) {
    node.error(text.starts_with("s3:") ? pattern.error().text : std::string(kWanted));
    return nullptr;
  }
  return states_in_s3(*std::move(pattern), keys.role, keys.context.aws, keys.stop);
}

std::unique_ptr<Inventory> open_terraform(std::string_view name, MapReader& keys,
                                          InventoryContext& context) {
  TerraformSettings settings{.name = std::string(name)};
  std::vector<std::unique_ptr<StatePlace>> places;
  std::stop_source stop;
  const Node user = keys.optional("user");
  const PlaceKeys shared{.role = read_aws_role(keys.optional("role")),
                         .user = user.text(),
                         .password = optional_secret(keys, "password").value_or(Secret()),
                         .context = context,
                         .stop = stop.get_token()};
  const Node state = keys.required("state");
  check_use(keys, state);
  for (const Node& each : state.items_or_itself()) {
    std::string text;
    std::unique_ptr<StatePlace> place = open_place(each, shared, text);
    if (place == nullptr) continue;
    // URLs that differ in their queries only could not be told apart.
    if (std::ranges::find(settings.states, text) != settings.states.end()) {
      each.error("this state is there already");
    }
    settings.states.push_back(std::move(text));
    places.push_back(std::move(place));
  }
  settings.code = keys.optional("code").file_path();
  settings.defaults.account = keys.optional("account").text();
  settings.defaults.region = keys.optional("region").text();
  if (places.empty()) return nullptr;
  return std::make_unique<TerraformInventory>(std::move(settings), std::move(places),
                                              std::move(stop));
}

}  // namespace

const InventoryKind terraform_inventory_kind{
    .name = "terraform",
    .summary = "states of Terraform and OpenTofu, in files, in S3 and over HTTP",
    .stack_word = "state",
    .open = open_terraform,
};

}  // namespace statewire
