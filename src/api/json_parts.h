// What several answers say in the same words. Objects are written whole unless it says otherwise.
// All functions are pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "catalog/catalog.h"
#include "model/entry.h"
#include "model/notification.h"
#include "store/ledger.h"

namespace statewire {

// {"kind",…,"confidence","evidence"}
void write_cause(const Cause& cause, JsonWriter& json);
// {"phase","value"}, the value where there is one.
void write_state(Phase phase, std::string_view value, JsonWriter& json);
// {"system","source","type","id"}
void write_origin(const Origin& origin, JsonWriter& json);
// A resource as lists and timelines show it.
void write_resource(const Record& record, JsonWriter& json);

// An entry of the journal as lists of the past show it.
void write_history_entry(const Entry& entry, const Notification& notification, JsonWriter& json);

void write_refusal(const Refusal& refusal, JsonWriter& json);
void write_catalog_row(const CatalogRow& row, JsonWriter& json);

// Members of the object that is open: "message","subject","news","id","amends" of what was told;
// none where nothing was. Subject and news are the message in two, without the id and the place of
// the resource, which stand beside them.
void write_told(const Told& told, const Notification& notification, JsonWriter& json);

// What a person calls it: its Name tag, else the name that events gave; may be empty.
std::string_view display_name(const Record& record);

}  // namespace statewire
