// A state is read where nobody holds its lock, and only taken where the file was the same before
// and after. What is being written is left for the next look; Terraform writes into the file that
// is there, so that half of it may be seen.
#include "inventory/terraform_inventory.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "base/ids.h"
#include "base/limits.h"
#include "config/read_file.h"
#include "inventory/code_index.h"
#include "inventory/terraform_state.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

// By which a file that was written otherwise is known.
struct FileMark {
  int64_t modified_ns = 0;
  uint64_t bytes = 0;
  uint64_t inode = 0;

  bool operator==(const FileMark&) const = default;
};
using FileMarks = std::map<std::string, FileMark, std::less<>>;

Result<FileMark> mark_of(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return failed(std::strerror(errno));
  return FileMark{found.st_mtim.tv_sec * int64_t{1'000'000'000} + found.st_mtim.tv_nsec,
                  static_cast<uint64_t>(found.st_size), found.st_ino};
}

std::vector<std::string> paths_for(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

// Terraform's lock on a state in a file: ".network.tfstate.lock.info" beside it.
bool is_locked(const fs::path& path) {
  std::error_code fault;
  return fs::exists(path.parent_path() / ("." + path.filename().string() + ".lock.info"), fault);
}

struct TerraformSettings {
  std::string name;
  std::vector<std::string> states;  // Paths, or patterns as glob(3) has them.
  std::string code;                 // The folder of the root module; empty: none.
  StateDefaults defaults;
};

class TerraformInventory final : public Inventory {
 public:
  explicit TerraformInventory(TerraformSettings settings) : settings_(std::move(settings)) {}

  bool has_changed() override {
    read_code();
    return !is_read_ || marks_now() != marks_ || code_hash_ != read_code_hash_ ||
           code_trouble_ != read_code_trouble_;
  }

  InventoryReading read() override;

 private:
  struct StateName {
    std::string name;
    fs::path above;  // The folder above those that are in the name.
  };

  std::vector<std::string> paths() const;
  FileMarks marks_now() const;
  void read_code();
  Result<DeclaredStack> read_state(const std::string& path, FileMark& mark) const;
  StateName name_of_state(const fs::path& path) const;
  std::vector<std::string> names_of_states(const std::vector<std::string>& all) const;
  void find_code(DeclaredStack& stack) const;

  const TerraformSettings settings_;
  CodeIndex code_;
  std::string code_trouble_;
  uint64_t code_hash_ = 0;
  // Of the last reading that was whole.
  bool is_read_ = false;
  FileMarks marks_;
  uint64_t read_code_hash_ = 0;
  std::string read_code_trouble_;
};

std::vector<std::string> TerraformInventory::paths() const {
  std::vector<std::string> all;
  for (const std::string& pattern : settings_.states) {
    for (std::string& path : paths_for(pattern)) all.push_back(std::move(path));
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

FileMarks TerraformInventory::marks_now() const {
  FileMarks marks;
  for (const std::string& path : paths()) {
    if (const Result<FileMark> mark = mark_of(path)) marks.emplace(path, *mark);
  }
  return marks;
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

Result<DeclaredStack> TerraformInventory::read_state(const std::string& path,
                                                     FileMark& mark) const {
  if (is_locked(path)) return unavailable("it is locked: somebody is changing it");
  const Result<FileMark> before = mark_of(path);
  if (!before) return before.error();
  const Result<std::string> text = read_file(path, kStateBytesMax);
  if (!text) return text.error();
  const Result<FileMark> after = mark_of(path);
  if (!after || *after != *before) return unavailable("it is being written");
  Result<DeclaredStack> stack = read_terraform_state(*text, settings_.defaults);
  if (!stack) return stack;
  mark = *before;
  stack->written = from_ns(before->modified_ns);
  return stack;
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

InventoryReading TerraformInventory::read() {
  InventoryReading reading;
  FileMarks marks;
  read_code();
  const std::vector<std::string> all = paths();
  reading.trouble = code_trouble_;
  reading.has_places = settings_.code.empty() || !code_.empty();
  // A folder that is not mounted looks like one in which nothing is declared.
  if (all.empty()) {
    reading.is_whole = false;
    reading.trouble = "no state is there";
  }
  reading.is_passing = code_trouble_.empty() && !all.empty();
  const std::vector<std::string> names = names_of_states(all);
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string& path = all[i];
    Result<DeclaredStack> stack = read_state(path, marks[path]);
    if (!stack) {
      reading.is_whole = false;
      if (stack.error().kind != ErrorKind::unavailable) reading.is_passing = false;
      reading.trouble = path + ": " + stack.error().text;
      continue;
    }
    stack->name = names[i];
    find_code(*stack);
    reading.stacks.push_back(*std::move(stack));
  }
  fill_places(reading.stacks);
  if (reading.is_whole) {
    is_read_ = true;
    marks_ = std::move(marks);
    read_code_hash_ = code_hash_;
    read_code_trouble_ = code_trouble_;
  }
  return reading;
}

std::unique_ptr<Inventory> open_terraform(std::string_view name, MapReader& keys) {
  TerraformSettings settings{.name = std::string(name)};
  const Node state = keys.required("state");
  for (const Node& each : state.is_list() ? state.items() : std::vector<Node>{state}) {
    const std::string path = each.file_path();
    if (each.is_scalar() && each.text().find("://") != std::string::npos) {
      each.error("only states in files are read yet: a path, or a pattern as *.tfstate");
    }
    if (!path.empty()) settings.states.push_back(path);
  }
  settings.code = keys.optional("code").file_path();
  settings.defaults.account = keys.optional("account").text();
  settings.defaults.region = keys.optional("region").text();
  if (settings.states.empty()) return nullptr;
  return std::make_unique<TerraformInventory>(std::move(settings));
}

}  // namespace

const InventoryKind terraform_inventory_kind{
    .name = "terraform",
    .summary = "states of Terraform and OpenTofu in files",
    .open = open_terraform,
};

}  // namespace statewire
