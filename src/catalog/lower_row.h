// Rows of calls made into entries.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/entry_spec.h"
#include "catalog/text_map.h"
#include "model/lifecycle.h"

namespace statewire {

// The phases that native events tell of each type. A call leaves to them what they tell.
using NativePhases = TextMap<PhaseSet>;
NativePhases native_phases(const std::vector<EntrySpec>& entries);

// The entry that says what the row says. A call that makes or ends a resource only gives the cause
// where native events announce the start of it too; where they tell the end alone, they settle it.
EntrySpec lower_row(const CallTable& table, const CallRow& row, PhaseSet told_natively);

// For an entry of a row about a type of which no ARN tells the bare id: where the call tells an
// ARN, that is the id, and what else names the resource is an alias of it. `is_named_by_bare_id`:
// people call it by the bare id.
void name_by_arn_and_bare_id(EntrySpec& entry, bool is_named_by_bare_id);

// Whether it is the entry of a row whose call stops something, or starts it again: the first of
// `states` is the call, what follows it is the state in the answer.
bool is_switch(const EntrySpec& spec);

// The ways of `ids` as an entry has them: "{detail.requestParameters.name}".
std::vector<std::string> split_ids(std::string_view ids);

}  // namespace statewire
