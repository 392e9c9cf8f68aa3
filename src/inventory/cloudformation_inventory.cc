// A look lists the stacks of every account and region, with their status and when each was written.
// Only those that have another status or time than before are asked for more: two calls each, or
// three. A stack that CloudFormation works at is left for later, and what was read of it before
// holds meanwhile: somewhere a stack is nearly always being updated.
#include "inventory/cloudformation_inventory.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/mutex.h"
#include "inventory/cloudformation_api.h"
#include "inventory/cloudformation_stack.h"
#include "inventory/kept_stacks.h"
#include "inventory/template_index.h"
#include "inventory/trouble.h"
#include "model/arn.h"

namespace statewire {
namespace {

constexpr std::string_view kAnyAccount = "*";

// By the ids of stacks.
using StackMarks = std::map<std::string, std::string, std::less<>>;

// The stacks of one account and region, as its API has answered last. One thread asks, and another
// reads what is kept.
class FarStacks {
 public:
  explicit FarStacks(CloudFormationApi api) : api_(std::move(api)) {}

  std::string shown() const { return api_.shown(); }
  InventoryPlace place() const;
  void ask(const std::function<void()>& on_answer);
  // All that are there, whatever their status.
  Result<std::vector<StackSummary>> found() const;
  // One of them, as it was when nobody worked at it.
  Result<DeclaredStack> stack(const StackSummary& found) const;

 private:
  bool is_kept(const StackSummary& found) const;
  Result<DeclaredStack> ask_for(const StackSummary& found);

  CloudFormationApi api_;  // Of who asks.
  mutable Mutex mutex_;
  Result<std::vector<StackSummary>> found_ GUARDED_BY(mutex_) = KeptStacks::not_read();
  KeptStacks kept_ GUARDED_BY(mutex_);  // By the ids of stacks.
};

// Without `accounts`, the role still tells its own.
InventoryPlace FarStacks::place() const {
  const StackPlace& place = api_.place();
  const std::string_view account =
      place.account.empty() ? arn_fields(place.role.arn).account : place.account;
  return {.name = shown(), .account = std::string(account), .region = place.region};
}

// Each stack that was read is there for who reads, whatever becomes of the next one.
void FarStacks::ask(const std::function<void()>& on_answer) {
  api_.tell_answers(on_answer);
  const Result<std::vector<StackSummary>> found = api_.stacks();
  {
    Lock lock(mutex_);
    found_ = found;
    if (!found) return;
    std::set<std::string_view> ids;
    for (const StackSummary& stack : *found) ids.insert(stack.id);
    kept_.drop_but([&](std::string_view id) { return ids.contains(id); });
  }
  for (const StackSummary& each : *found) {
    if (each.is_busy() || is_kept(each)) continue;
    Result<DeclaredStack> stack = ask_for(each);
    Lock lock(mutex_);
    kept_.keep(each.id, each.mark(), std::move(stack));
  }
}

bool FarStacks::is_kept(const StackSummary& found) const {
  Lock lock(mutex_);
  return kept_.has(found.id, found.mark());
}

Result<DeclaredStack> FarStacks::ask_for(const StackSummary& found) {
  const std::string& id = found.id;
  const Result<std::vector<StackMember>> members = api_.members(id);
  if (!members) return members.error();
  const Result<std::string> text = api_.template_text(id);
  if (!text) return text.error();
  Result<StackParameters> parameters = StackParameters();
  if (has_parameters(*text)) parameters = api_.parameters(id);
  if (!parameters) return parameters.error();
  return read_stack(
      {.summary = found, .members = *members, .template_text = *text, .parameters = *parameters});
}

Result<std::vector<StackSummary>> FarStacks::found() const {
  Lock lock(mutex_);
  return found_;
}

Result<DeclaredStack> FarStacks::stack(const StackSummary& found) const {
  Lock lock(mutex_);
  return found.is_busy() ? kept_.last_stack(found.id) : kept_.stack(found.id, found.mark());
}

struct FoundStack {
  StackSummary summary;
  size_t place = 0;
};
struct StackLook {
  std::vector<FoundStack> stacks;
  std::optional<Error> trouble;  // Of places whose stacks could not be listed.
  std::set<size_t> unlisted;     // Those places.
  std::string code_trouble;

  StackMarks marks() const {
    StackMarks all;
    for (const FoundStack& found : stacks) all.emplace(found.summary.id, found.summary.mark());
    return all;
  }
};

class CloudFormationInventory final : public Inventory {
 public:
  CloudFormationInventory(std::vector<StackPlace> places, std::string code, AwsClient& aws)
      : code_path_(std::move(code)), code_(code_path_) {
    for (StackPlace& place : places) {
      far_.push_back(
          std::make_unique<FarStacks>(CloudFormationApi(std::move(place), aws, stop_.get_token())));
    }
  }

  std::vector<InventoryPlace> far_places() const override {
    std::vector<InventoryPlace> places;
    for (const std::unique_ptr<FarStacks>& far : far_) places.push_back(far->place());
    return places;
  }
  void visit(size_t place, const std::function<void()>& on_answer) override {
    far_[place]->ask(on_answer);
  }
  bool has_changed() override;
  InventoryReading read() override;
  void stop() override { stop_.request_stop(); }

 private:
  StackLook look();
  bool read_stack_found(const FoundStack& found, InventoryReading& reading) const;
  void name_stacks(const StackLook& look, std::vector<DeclaredStack>& stacks) const;

  std::stop_source stop_;
  std::vector<std::unique_ptr<FarStacks>> far_;
  const std::string code_path_;
  TemplateIndex code_;
  std::optional<StackLook> look_;  // Of has_changed(), for the reading that follows.
  // Of the last reading that was whole.
  bool is_read_ = false;
  StackMarks marks_;
  uint64_t read_code_hash_ = 0;
  std::string read_code_trouble_;
};

StackLook CloudFormationInventory::look() {
  StackLook look;
  for (size_t i = 0; i < far_.size(); ++i) {
    Result<std::vector<StackSummary>> stacks = far_[i]->found();
    if (!stacks) {
      const bool may_pass = !look.trouble || look.trouble->kind == ErrorKind::unavailable;
      std::string text = look.trouble ? std::move(look.trouble->text) : std::string();
      add_trouble(far_[i]->shown(), stacks.error(), text);
      const ErrorKind kind = may_pass ? stacks.error().kind : look.trouble->kind;
      look.trouble = Error{kind, std::move(text)};
      look.unlisted.insert(i);
      continue;
    }
    for (StackSummary& stack : *stacks) look.stacks.push_back({std::move(stack), i});
  }
  if (const Result<void> read = code_.refresh(); !read) {
    look.code_trouble = "code: " + read.error().text;
  }
  return look;
}

bool CloudFormationInventory::has_changed() {
  look_ = look();
  const bool is_same = is_read_ && !look_->trouble && look_->marks() == marks_ &&
                       code_.hash() == read_code_hash_ && look_->code_trouble == read_code_trouble_;
  if (is_same) look_.reset();
  return !is_same;
}

// Whether what it declares is known. What is being made for the first time declares nothing yet.
bool CloudFormationInventory::read_stack_found(const FoundStack& found,
                                               InventoryReading& reading) const {
  const StackSummary& summary = found.summary;
  Result<DeclaredStack> stack = far_[found.place]->stack(summary);
  if (stack) {
    reading.stacks.push_back(*std::move(stack));
    return true;
  }
  if (summary.status == "CREATE_IN_PROGRESS") return true;
  reading.is_whole = false;
  if (stack.error().kind != ErrorKind::unavailable) reading.is_passing = false;
  const std::string why =
      summary.is_busy() ? summary.status + ": it is read when that ends" : stack.error().text;
  add_trouble(summary.name + ": " + why, reading.trouble);
  return false;
}

// Those that share a name get their account and region before it.
void CloudFormationInventory::name_stacks(const StackLook& look,
                                          std::vector<DeclaredStack>& stacks) const {
  std::map<std::string, size_t> uses;
  for (const FoundStack& found : look.stacks) ++uses[found.summary.name];
  for (DeclaredStack& stack : stacks) {
    if (uses[stack.name] < 2) continue;
    const ArnFields arn = arn_fields(stack.id);
    stack.name = std::string(arn.account) + "/" + std::string(arn.region) + "/" + stack.name;
  }
}

InventoryReading CloudFormationInventory::read() {
  const StackLook found = look_ ? *std::exchange(look_, std::nullopt) : look();
  std::set<size_t> unread = found.unlisted;
  InventoryReading reading;
  reading.trouble = found.code_trouble;
  reading.is_passing = found.code_trouble.empty();
  reading.has_places = code_path_.empty() || !code_.empty();
  if (found.trouble) {
    reading.is_whole = false;
    reading.is_passing = reading.is_passing && found.trouble->kind == ErrorKind::unavailable;
    add_trouble(found.trouble->text, reading.trouble);
  }
  for (const FoundStack& stack : found.stacks) {
    if (!read_stack_found(stack, reading)) unread.insert(stack.place);
  }
  for (const size_t place : unread) reading.unread.push_back(far_[place]->place());
  name_stacks(found, reading.stacks);
  for (DeclaredStack& stack : reading.stacks) code_.find_code(stack);
  if (!reading.is_whole) return reading;
  is_read_ = true;
  marks_ = found.marks();
  read_code_hash_ = code_.hash();
  read_code_trouble_ = found.code_trouble;
  return reading;
}

std::vector<std::string> read_account_ids(const Node& node) {
  std::vector<std::string> accounts;
  for (const Node& each : node ? node.items() : std::vector<Node>()) {
    accounts.push_back(each.text());
    if (!is_account(accounts.back())) each.error("wanted an account: twelve digits, in quotes");
  }
  return accounts;
}

std::vector<std::string> read_regions(const Node& node) {
  if (!node) return {""};
  std::vector<std::string> regions;
  for (const Node& each : node.items()) {
    regions.push_back(each.text());
    if (!is_region(regions.back())) each.error("wanted a region, such as eu-west-1");
  }
  if (regions.empty()) node.error("wanted a region at least, such as [eu-west-1]");
  return regions;
}

void check_role(const Node& node, const AwsRole& role, const std::vector<std::string>& accounts) {
  const std::string_view account = arn_fields(role.arn).account;
  if (accounts.empty() && account == kAnyAccount) {
    node.error("`accounts` must say in which accounts the role is");
  } else if (accounts.size() > 1 && account != kAnyAccount) {
    node.error("of several accounts, wanted a role that each has: arn:aws:iam::*:role/NAME");
  } else if (accounts.size() == 1 && account != kAnyAccount && account != accounts.front()) {
    node.error("the role is in another account than `accounts` says");
  }
}

std::unique_ptr<Inventory> open_cloudformation(std::string_view, MapReader& keys,
                                               InventoryContext& context) {
  const Node accounts_node = keys.optional("accounts");
  const std::vector<std::string> accounts = read_account_ids(accounts_node);
  const std::vector<std::string> regions = read_regions(keys.optional("regions"));
  const Node role_node = keys.optional("role");
  const AwsRole role = read_aws_role(role_node);
  if (!role.empty()) check_role(role_node, role, accounts);
  if (role.empty() && accounts.size() > 1) {
    accounts_node.error("several accounts need `role`: arn:aws:iam::*:role/NAME");
  }
  std::vector<StackPlace> places;
  for (const std::string& account : accounts.empty() ? std::vector<std::string>{""} : accounts) {
    StackPlace place{.role = role, .region = {}, .account = account};
    if (const size_t any = role.arn.find(":*:"); any != role.arn.npos && !account.empty()) {
      place.role.arn.replace(any + 1, kAnyAccount.size(), account);
    }
    for (const std::string& region : regions) {
      place.region = region;
      places.push_back(place);
    }
  }
  return std::make_unique<CloudFormationInventory>(std::move(places),
                                                   keys.optional("code").file_path(), context.aws);
}

}  // namespace

const InventoryKind cloudformation_inventory_kind{
    .name = "cloudformation",
    .summary = "stacks of CloudFormation, CDK and SAM, by their API",
    .stack_word = "stack",
    .open = open_cloudformation,
};

}  // namespace statewire
