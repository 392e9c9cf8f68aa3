#include "catalog/call_verb.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace statewire {
namespace {

constexpr std::string_view kReading[] = {
    "Calculate", "Check",  "Compare", "Count",  "Decode",   "Describe", "Discover", "Download",
    "Estimate",  "Filter", "Get",     "Head",   "List",     "Lookup",   "Preview",  "Query",
    "Read",      "Scan",   "Search",  "Select", "Simulate", "Validate", "View"};
// They may follow a verb that reads, as in GetOrCreateThing.
constexpr std::string_view kChanging[] = {
    "Accept",     "Activate", "Add",       "Allocate",   "Apply",     "Approve", "Assign",
    "Associate",  "Attach",   "Authorize", "Cancel",     "Change",    "Clear",   "Clone",
    "Close",      "Commit",   "Configure", "Confirm",    "Connect",   "Copy",    "Create",
    "Deactivate", "Delete",   "Deploy",    "Deregister", "Detach",    "Disable", "Disassociate",
    "Disconnect", "Enable",   "Execute",   "Export",     "Failover",  "Import",  "Initialize",
    "Install",    "Invoke",   "Issue",     "Launch",     "Lock",      "Migrate", "Modify",
    "Move",       "Open",     "Pause",     "Promote",    "Publish",   "Purge",   "Put",
    "Reboot",     "Rebuild",  "Refresh",   "Register",   "Reject",    "Release", "Remove",
    "Renew",      "Replace",  "Request",   "Reset",      "Restart",   "Restore", "Resume",
    "Revoke",     "Rotate",   "Run",       "Save",       "Schedule",  "Send",    "Set",
    "Share",      "Start",    "Stop",      "Submit",     "Subscribe", "Suspend", "Swap",
    "Switch",     "Tag",      "Terminate", "Transfer",   "Unassign",  "Unlock",  "Unsubscribe",
    "Untag",      "Update",   "Upgrade",   "Upload",     "Write"};
constexpr std::string_view kTakingAway[] = {"Delete",     "Deregister", "Detach", "Disassociate",
                                            "Dissociate", "Remove",     "Revoke", "Unassign",
                                            "Unlink",     "Untag"};
// What begins like one that reads, and is none.
constexpr std::string_view kExceptions[] = {"CheckInLicense"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// "GetObject20170331": Get, Object20170331.
std::string_view take_word(std::string_view& name) {
  size_t end = name.empty() ? 0 : 1;
  while (end < name.size() && !is_capital(name[end])) ++end;
  const std::string_view word = name.substr(0, end);
  name.remove_prefix(end);
  return word;
}

}  // namespace

bool only_reads(std::string_view call) {
  if (is_one_of(call, kExceptions)) return false;
  std::string_view word = take_word(call);
  if (word == "Batch") word = take_word(call);
  if (!is_one_of(word, kReading)) return false;
  while (!call.empty()) {
    const std::string_view before = take_word(call);
    if (before != "And" && before != "Or") continue;
    std::string_view rest = call;
    if (is_one_of(take_word(rest), kChanging)) return false;
  }
  return true;
}

bool takes_away(std::string_view call) { return is_one_of(take_word(call), kTakingAway); }

}  // namespace statewire
