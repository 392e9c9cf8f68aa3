#include "model/owner.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/limits.h"
#include "base/text.h"
#include "model/record.h"

namespace statewire {
namespace {

constexpr char kGroupSign = '\x1d';
constexpr char kItemSign = '\x1e';
constexpr char kFieldSign = '\x1f';
constexpr std::string_view kDrifts[] = {"unknown", "none", "out_of_band", "unmanaged", "lost"};
static_assert(std::size(kDrifts) == kDriftCount);

DeclaredGroup read_group(std::string_view packed) {
  std::string_view header = take_until(packed, kItemSign);
  DeclaredGroup group;
  for (std::string_view* const field : {&group.inventory, &group.tool, &group.stack, &group.via}) {
    *field = take_until(header, kFieldSign);
  }
  group.items = packed;
  return group;
}

std::string_view inventory_of(std::string_view packed) {
  return packed.substr(0, packed.find(kFieldSign));
}

// "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0a1b" is of "shop".
std::string_view name_in_stack_id(std::string_view id) {
  constexpr std::string_view kBefore = ":stack/";
  const size_t at = id.find(kBefore);
  if (at == id.npos) return {};
  const std::string_view rest = id.substr(at + kBefore.size());
  return rest.substr(0, rest.find('/'));
}

Owner owner_by_tags(const Record& record) {
  if (record.tags.empty()) return {};
  Owner owner;
  owner.stack = tag_of(record, "aws:cloudformation:stack-name");
  if (owner.stack.empty()) {
    owner.stack = name_in_stack_id(tag_of(record, "aws:cloudformation:stack-id"));
  }
  if (owner.stack.empty()) return {};
  owner.address = tag_of(record, "aws:cloudformation:logical-id");
  owner.tool = "cloudformation";
  return owner;
}

// "aws_s3_bucket_policy" of "module.logs.aws_s3_bucket_policy.this[0]".
std::string_view type_in_address(std::string_view address) {
  for (size_t at = 0; at < address.size();) {
    const size_t end = std::min(address.find('.', at), address.size());
    const std::string_view piece = address.substr(at, end - at);
    if (piece.starts_with("aws_")) return piece;
    at = end + 1;
  }
  return {};
}

// Words of calls that say nothing of the part.
bool is_filler(std::string_view word) {
  constexpr std::string_view kFillers[] = {"configuration", "attribute", "setting", "resource",
                                           "set",           "ingress",   "egress"};
  return std::ranges::find(kFillers, word) != std::end(kFillers);
}

// How many characters of the type's words no word of the call says; nothing where the call has a
// word that the type lacks. Of verbs, which stand first, only those that attach must be there.
std::optional<size_t> distance(std::string_view call, std::string_view type) {
  size_t said = 0;
  size_t at = 0;
  while (at < call.size() && (at == 0 || call[at] < 'A' || call[at] > 'Z')) ++at;
  if (at == call.size()) return std::nullopt;
  const bool attaches = call.starts_with("Attach") || call.starts_with("Detach");
  if (attaches != (type.find("attachment") != type.npos)) return std::nullopt;
  while (at < call.size()) {
    size_t end = at + 1;
    while (end < call.size() && (call[end] < 'A' || call[end] > 'Z')) ++end;
    std::array<char, 32> word;
    size_t size = std::min(end - at, word.size());
    for (size_t i = 0; i < size; ++i) word[i] = lower_letter(call[at + i]);
    const bool is_plural = size > 3 && word[size - 1] == 's' && word[size - 2] != 's';
    if (is_plural) --size;
    const std::string_view text(word.data(), size);
    at = end;
    if (type.find(text) != type.npos) {
      said += text.size();
    } else if (!is_filler(text)) {
      return std::nullopt;
    }
  }
  if (said == 0) return std::nullopt;
  return type.size() - std::min(type.size(), said);
}

// "BucketPolicy" of "LogsPolicy (AWS::S3::BucketPolicy)": how a stack's parts are addressed. Empty
// where it is no such address.
std::string_view cloudformation_type_in(std::string_view address) {
  if (!address.ends_with(')') || address.find(" (AWS::") == address.npos) return {};
  address.remove_suffix(1);
  return address.substr(address.rfind(':') + 1);
}

// Whether the call names the part: PutBucketPolicy a BucketPolicy, PutRolePolicy a Policy. What a
// call on the whole would be called, its parts' types do not tell.
bool names_part(std::string_view call, std::string_view type) {
  const size_t verb_end = call.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1);
  if (verb_end == call.npos) return false;
  std::string noun = lower_case(call.substr(verb_end));
  if (noun.ends_with('s') && !noun.ends_with("ss")) noun.pop_back();
  const std::string name = lower_case(type);
  const bool attaches = call.starts_with("Attach") || call.starts_with("Detach");
  if (attaches && name.find("attachment") == name.npos) return false;
  return noun.ends_with(name) || name.ends_with(noun);
}

// As distance() has it.
std::optional<size_t> distance_to(std::string_view call, std::string_view address) {
  const std::string_view type = cloudformation_type_in(address);
  if (type.empty()) return distance(call, type_in_address(address));
  return names_part(call, type) ? std::optional<size_t>(0) : std::nullopt;
}

// Whether the call can be about the whole: one that joins two things, or that is about a group's
// rules, is about what Terraform has a type of its own for.
bool is_of_whole(std::string_view call) {
  constexpr std::string_view kJoins[] = {"Attach", "Detach", "Associate", "Disassociate"};
  const auto begins = [call](std::string_view verb) { return call.starts_with(verb); };
  return std::ranges::none_of(kJoins, begins) && !call.ends_with("Ingress") &&
         !call.ends_with("Egress");
}

}  // namespace

std::string_view name_of(Drift drift) { return kDrifts[static_cast<size_t>(drift)]; }

std::optional<Drift> parse_drift(std::string_view name) {
  const auto found = std::ranges::find(kDrifts, name);
  if (found == std::end(kDrifts)) return std::nullopt;
  return static_cast<Drift>(found - std::begin(kDrifts));
}

void each_group(std::string_view declared, const std::function<bool(const DeclaredGroup&)>& visit) {
  while (!declared.empty()) {
    if (!visit(read_group(take_until(declared, kGroupSign)))) return;
  }
}

void each_item(const DeclaredGroup& group, const std::function<bool(const DeclaredItem&)>& visit) {
  std::string_view rest = group.items;
  while (!rest.empty()) {
    std::string_view packed = take_until(rest, kItemSign);
    DeclaredItem item;
    item.is_part = take_until(packed, kFieldSign) == "p";
    for (std::string_view* const field : {&item.address, &item.file, &item.line}) {
      *field = take_until(packed, kFieldSign);
    }
    if (!visit(item)) return;
  }
}

std::string_view group_of(std::string_view declared, std::string_view inventory) {
  while (!declared.empty()) {
    const std::string_view packed = take_until(declared, kGroupSign);
    if (inventory_of(packed) == inventory) return packed;
  }
  return {};
}

bool has_whole(const DeclaredGroup& group) {
  return !group.items.empty() && group.items.front() == 'w';
}

void append_header(const DeclaredGroup& group, std::string& out) {
  out.append(group.inventory).push_back(kFieldSign);
  out.append(group.tool).push_back(kFieldSign);
  out.append(group.stack).push_back(kFieldSign);
  out.append(group.via);
}

void append_item(const DeclaredItem& item, std::string& out) {
  out.push_back(kItemSign);
  out.push_back(item.is_part ? 'p' : 'w');
  out.push_back(kFieldSign);
  out.append(item.address).push_back(kFieldSign);
  out.append(item.file).push_back(kFieldSign);
  out.append(item.line);
}

std::string_view with_group(std::string_view declared, std::string_view group, Arena& arena) {
  const std::string_view inventory = inventory_of(group);
  const bool is_empty = group.find(kItemSign) == group.npos;
  if (group.size() > kDeclaredBytesMax) return declared;
  if (declared.empty()) return is_empty ? std::string_view() : group;
  char* const place = arena.allocate(declared.size() + group.size() + 1);
  char* to = place;
  const auto add = [&](std::string_view packed) {
    if (to != place) *to++ = kGroupSign;
    to = std::ranges::copy(packed, to).out;
  };
  bool is_in = is_empty;
  for (std::string_view rest = declared; !rest.empty();) {
    const std::string_view packed = take_until(rest, kGroupSign);
    const std::string_view other = inventory_of(packed);
    if (!is_in && other >= inventory) {
      add(group);
      is_in = true;
    }
    if (other != inventory) add(packed);
  }
  if (!is_in) add(group);
  const std::string_view result(place, static_cast<size_t>(to - place));
  return result.size() > kDeclaredBytesMax && result.size() > declared.size() ? declared : result;
}

Touch touch_of(std::string_view packed) {
  Touch touch;
  for (std::string_view* const field :
       {&touch.actor, &touch.tool, &touch.what, &touch.part, &touch.evidence}) {
    *field = take_until(packed, kFieldSign);
  }
  return touch;
}

std::string_view pack(const Touch& touch, Arena& arena) {
  const std::string_view sign(&kFieldSign, 1);
  return arena.join(touch.actor, sign, touch.tool, sign, touch.what, sign, touch.part, sign,
                    touch.evidence);
}

// The visitor is handed over by reference: it is too large for what a std::function holds without
// memory of its own, and this is asked for every event.
Owner owner_of(const Record& record) {
  if (record.declared.empty()) return owner_by_tags(record);
  Owner owner;
  bool is_whole = false;
  const std::string_view part =
      record.drift == Drift::out_of_band ? touch_of(record.touch).part : std::string_view();
  const auto take = [&](const DeclaredGroup& group) {
    const bool declares_whole = has_whole(group);
    if (owner.is_known() && (is_whole || !declares_whole)) return true;
    is_whole = declares_whole;
    owner = {.inventory = group.inventory,
             .tool = group.tool,
             .stack = group.stack,
             .address = {},
             .file = {},
             .line = {},
             .via = group.via,
             .part = {}};
    each_item(group, [&](const DeclaredItem& item) {
      const bool is_touched = !part.empty() && item.address == part;
      const bool is_first = owner.address.empty();
      if (is_first) owner.address = item.address;
      if (is_first || is_touched) {
        owner.file = item.file;
        owner.line = item.line;
      }
      if (is_touched && item.is_part) owner.part = item.address;
      return true;
    });
    return true;
  };
  each_group(record.declared, std::ref(take));
  return owner.is_known() ? owner : owner_by_tags(record);
}

uint64_t line_of(const Owner& owner) {
  uint64_t line = 0;
  const std::string_view text = owner.line;
  std::from_chars(text.data(), text.data() + text.size(), line);
  return line;
}

// The whole is as good an answer as a part: "DeleteBucket" has a word of aws_s3_bucket_policy, and
// says all of aws_s3_bucket.
std::string_view part_changed_by(std::string_view declared, std::string_view call) {
  std::string_view best;
  size_t nearest = SIZE_MAX;
  const bool is_of_whole_too = is_of_whole(call);
  each_group(declared, [&](const DeclaredGroup& group) {
    each_item(group, [&](const DeclaredItem& item) {
      if (!item.is_part && !is_of_whole_too) return true;
      const std::optional<size_t> away = distance_to(call, item.address);
      if (!away || *away > nearest) return true;
      const bool is_only = item.is_part && *away < nearest;
      best = is_only ? item.address : std::string_view();
      nearest = *away;
      return true;
    });
    return true;
  });
  return best;
}

}  // namespace statewire
