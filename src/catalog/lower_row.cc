#include "catalog/lower_row.h"

#include <algorithm>

#include "catalog/record_pattern.h"

namespace statewire {
namespace {

constexpr std::string_view kDetail = "detail.";

// Rows leave out `detail.` before a path into the record.
std::string in_detail(std::string_view path) {
  const bool is_of_record =
      path.starts_with("requestParameters") || path.starts_with("responseElements");
  return (is_of_record ? std::string(kDetail) : std::string()) + std::string(path);
}

std::string as_template(std::string_view way) {
  if (way.find('{') == way.npos) return '{' + in_detail(way) + '}';
  std::string text;
  for (size_t at = 0; at < way.size();) {
    const size_t brace = std::min(way.find('{', at), way.size());
    const size_t end = std::min(way.find('}', brace), way.size());
    text += way.substr(at, brace - at);
    if (brace < way.size()) text += '{' + in_detail(way.substr(brace + 1, end - brace - 1));
    at = end;
    if (at < way.size()) text += way[at++];
  }
  return text;
}

// The same path with the first letter of each field large, as some APIs have it: Group.GroupArn.
std::string capitalised(std::string way) {
  for (const std::string_view root : {"detail.requestParameters.", "detail.responseElements."}) {
    for (size_t at = way.find(root); at != way.npos; at = way.find(root, at + 1)) {
      const size_t end = std::min(way.find('}', at), way.size());
      bool begins = true;
      for (size_t i = at + root.size(); i < end; ++i) {
        if (begins && way[i] >= 'a' && way[i] <= 'z')
          way[i] = static_cast<char>(way[i] - 'a' + 'A');
        begins = way[i] == '.';
      }
    }
  }
  return way;
}

bool tells(PhaseSet phases, Phase phase) { return (phases & phase_bit(phase)) != 0; }

// Who moves the phase of a resource that such a call makes or ends.
void leave_to_native_events(EntrySpec& entry, PhaseSet told) {
  if (entry.effect == EntryEffect::put && tells(told, Phase::stable)) {
    entry.effect = EntryEffect::configure;
    return;
  }
  if (entry.effect == EntryEffect::state && told != 0) {
    entry.effect = EntryEffect::cause;
    entry.toward = static_cast<PhaseSet>(phase_bit(Phase::changing) | phase_bit(entry.otherwise));
    entry.states.clear();
    entry.settles_after = {};
    return;
  }
  if (entry.effect != EntryEffect::create && entry.effect != EntryEffect::remove) return;
  const bool is_create = entry.effect == EntryEffect::create;
  const Phase start = is_create ? Phase::provisioning : Phase::deprovisioning;
  const Phase end = is_create ? Phase::stable : Phase::gone;
  if (tells(told, start)) {
    entry.effect = EntryEffect::cause;
    entry.toward = static_cast<PhaseSet>(phase_bit(start) | phase_bit(end));
    entry.settles_after = {};
  } else if (tells(told, end) && (!is_create || entry.settles_after.count() > 0)) {
    // What a call makes at once does not wait: a project is stable again with its first build.
    entry.settles_natively = true;
    entry.settles_after = {};
  }
}

}  // namespace

NativePhases native_phases(const std::vector<EntrySpec>& entries) {
  NativePhases told;
  for (const EntrySpec& entry : entries) {
    if (entry.effect != EntryEffect::state || !entry.calls.empty()) continue;
    if (is_about_records(entry.when)) continue;
    PhaseSet& phases = told[entry.resource.type.text];
    for (const PhaseRow& row : entry.phases) {
      phases = static_cast<PhaseSet>(phases | phase_bit(row.phase));
    }
  }
  return told;
}

bool is_switch(const EntrySpec& spec) {
  return spec.effect == EntryEffect::state && spec.phases.empty() && !spec.is_by_words &&
         !spec.states.empty() && spec.states.front().text == "{call}" &&
         (spec.otherwise == Phase::stopped || spec.otherwise == Phase::stable);
}

void name_by_arn_and_bare_id(EntrySpec& entry, bool is_named_by_bare_id) {
  const auto tells_arn = [](std::string_view way) {
    return way.rfind('{') == 0 &&
           (way.ends_with("Arn}") || way.ends_with("ARN}") || way.ends_with(".arn}"));
  };
  std::vector<TextSpec>& ids = entry.resource.ids;
  if (std::ranges::none_of(ids, tells_arn, &TextSpec::text)) return;
  for (const TextSpec& way : ids) {
    if (tells_arn(way.text)) continue;
    entry.aliases.push_back(
        {"urn:aws:{account}:{region}:" + entry.resource.type.text + ':' + way.text, {}});
    if (is_named_by_bare_id && entry.resource.name.text.empty()) entry.resource.name = way;
  }
}

std::vector<std::string> split_ids(std::string_view ids) {
  constexpr std::string_view kOr = " | ";
  std::vector<std::string> ways;
  while (!ids.empty()) {
    const size_t end = std::min(ids.find(kOr), ids.size());
    ways.push_back(as_template(ids.substr(0, end)));
    ids.remove_prefix(std::min(end + kOr.size(), ids.size()));
  }
  return ways;
}

EntrySpec lower_row(const CallTable& table, const CallRow& row, PhaseSet told_natively) {
  EntrySpec entry;
  entry.place = table.file + ':' + std::to_string(row.line);
  entry.name = row.name;
  entry.match = table.sources.front() + ' ' + row.name;
  for (const std::string& source : table.sources) entry.calls.push_back({source, row.name});
  entry.effect = row.effect;
  entry.settles_after = row.settles_after;
  if (row.effect == EntryEffect::ignore) return entry;
  RowExtras more = row.more();
  entry.each = more.each.empty() ? std::string() : in_detail(more.each);
  entry.resource.is_physical = true;
  if (row.type == "*") {
    entry.resource.type_form = TypeForm::arn;
  } else {
    entry.resource.type.text = row.type;
  }
  if (row.effect == EntryEffect::state) {
    entry.states.push_back({"{call}", {}});
    entry.otherwise = more.phase;
  }
  if (!more.state.empty()) entry.states.push_back({'{' + in_detail(more.state) + '}', {}});
  const std::vector<std::string> ways = split_ids(row.ids);
  for (const std::string& way : ways) entry.resource.ids.push_back({way, {}});
  for (const std::string& way : ways) {
    std::string other = capitalised(way);
    if (other != way) entry.resource.ids.push_back({std::move(other), {}});
  }
  more.tags.path = in_detail(more.tags.path);
  entry.resource.tags = std::move(more.tags);
  leave_to_native_events(entry, told_natively);
  return entry;
}

}  // namespace statewire
