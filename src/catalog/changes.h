// What a call set: the scalar leaves of its parameters.
#pragma once

#include <simdjson.h>

#include <span>
#include <string>
#include <vector>

#include "base/arena.h"
#include "catalog/entry_spec.h"
#include "model/observation.h"

namespace statewire {

// Memory that is kept from event to event.
struct ChangesScratch {
  std::vector<Change> changes;
  std::string path;
};

// Leaves in the order of the event, with dotted paths; at most twice kChangesMax. Null is no value.
// Values and paths are cut at kChangeBytesMax. All in the arena.
//
// An element of a list is named by what tells it from the others: ipPermissions[22/tcp]. Where
// nothing does, it has its number, unless the list has but one. A list of plain values gives one
// change for each, with the path of the list. What says nothing of the resource (tokens, the
// `items` around a list) is left out.
std::span<const Change> read_changes(simdjson::dom::element parameters, Arena& arena,
                                     ChangesScratch& scratch);

// The fields of `map`, an object of objects that say what was there before and after.
std::span<const Change> read_changed(simdjson::dom::element map, const ChangesSpec& spec,
                                     Arena& arena, ChangesScratch& scratch);

// The first kChangesMax of `changes` that do more than to repeat which resource is meant.
std::span<const Change> without_names_of(const Identity& resource, std::span<const Change> changes,
                                         Arena& arena, ChangesScratch& scratch);

// The same of a call that takes away what it names: the values are those of before.
std::span<const Change> as_removed(std::span<const Change> changes, Arena& arena,
                                   ChangesScratch& scratch);

}  // namespace statewire
