// What infrastructure code declares of a resource, and whether the resource still is as declared.
//
// What is declared is kept packed in one text, so that a record which nobody declares pays nothing
// and one that somebody does pays one copy:
//
//   declared := group (GS group)*     one of each inventory, sorted by its name
//   group    := header (RS item)*     the whole first, then parts, by their addresses
//
//   header   := inventory US tool US stack US via
//
//   item     := kind US address US file US line
//
//   kind     := "w" for the whole, "p" for a part
//
//   touch    := actor US tool US what US part US evidence
//
// GS, RS and US are ASCII's 29, 30 and 31. No text of an event has control characters.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/time.h"

namespace statewire {

struct Record;

// Stored as numbers: never renumber.
enum class Drift : uint8_t {
  unknown = 0,      // No inventory was read that could tell.
  none = 1,         // As declared, as far as is known.
  out_of_band = 2,  // Changed by something else than the tool that declares it.
  unmanaged = 3,    // Declared by nobody.
  lost = 4,         // Declared, and gone, and not by its tool.
};
constexpr int kDriftCount = 5;
std::string_view name_of(Drift drift);
std::optional<Drift> parse_drift(std::string_view name);
// Whose events tell what inventories have read.
inline constexpr std::string_view kInventoryEventSource = "statewire.inventory";

// What a person should hear of.
constexpr bool is_alarming(Drift drift) { return drift != Drift::unknown && drift != Drift::none; }

// One block of code.
struct DeclaredItem {
  bool is_part = false;      // It declares a part of the resource: a bucket's policy, a role's.
  std::string_view address;  // "module.web.aws_instance.this[0]"
  std::string_view file;     // Empty where it is not known.
  std::string_view line;     // A number, or empty.

  bool operator==(const DeclaredItem&) const = default;
};

// All that one inventory declares of a resource.
struct DeclaredGroup {
  std::string_view inventory;  // Its name in the configuration: "shop".
  std::string_view tool;       // "terraform", "opentofu", "cloudformation"
  std::string_view stack;      // The state or stack: "network"
  std::string_view via;        // The declared parent whose child the resource is; mostly empty.
  std::string_view items;      // Packed; see each_item().
};

// Calls `visit` for each until it returns false.
void each_group(std::string_view declared, const std::function<bool(const DeclaredGroup&)>& visit);
void each_item(const DeclaredGroup& group, const std::function<bool(const DeclaredItem&)>& visit);
// The inventory's group as it is packed; empty where it declares nothing.
std::string_view group_of(std::string_view declared, std::string_view inventory);
bool has_whole(const DeclaredGroup& group);

// To make one. A text with control characters would be read as another: REQUIRES none.
void append_header(const DeclaredGroup& group, std::string& out);
void append_item(const DeclaredItem& item, std::string& out);
// `declared` with `group` (packed, its items included) in place of what its inventory declared
// before. A group without items takes that away. What exceeds kDeclaredBytesMax stays as it was.
std::string_view with_group(std::string_view declared, std::string_view group, Arena& arena);

// The change that made a resource differ from its code.
struct Touch {
  std::string_view actor;
  std::string_view tool;
  std::string_view what;  // "AuthorizeSecurityGroupIngress"
  std::string_view part;  // The address of the part that it changed; may be empty.
  std::string_view evidence;
};
Touch touch_of(std::string_view packed);
std::string_view pack(const Touch& touch, Arena& arena);

// What a notification says of the code. Empty members are not known; without a tool there is none.
struct Owner {
  std::string_view inventory;
  std::string_view tool;
  std::string_view stack;
  std::string_view address;
  std::string_view file;  // Of the part that was touched, where one was; else of the address.
  std::string_view line;
  std::string_view via;
  std::string_view part;  // The address of the part that was touched.

  bool is_known() const { return !tool.empty(); }
};
// As a number; 0 where it is none.
uint64_t line_of(const Owner& owner);
// By an inventory, the first that declares the whole; else by the tags that tools set.
Owner owner_of(const Record& record);

// Of the declared parts, the one that a call such as PutBucketPolicy is about; empty where none is,
// several may be, or the whole is (DeleteBucket).
std::string_view part_changed_by(std::string_view declared, std::string_view call);

}  // namespace statewire
