// The members of the canonical JSON form, for callers that arrange them differently.
// All functions are pure; any thread.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "model/notification.h"

namespace statewire {

// What is left out of a notification that would be too long.
struct JsonCut {
  size_t changes_bytes_max = SIZE_MAX;
  // The rest is used only where the notification is too long even without its changes, which no
  // provider's limits allow: texts are cut, and tags left out.
  size_t text_bytes_max = SIZE_MAX;
  size_t id_bytes_max = SIZE_MAX;
  bool without_tags = false;
  bool is_truncated = false;
};

// "specversion":"1.0",…,"severitytext":"INFO" without braces, and without `data`.
void write_envelope(const Notification& notification, const JsonCut& cut, JsonWriter& json);
// "origin":{…},…,"message":"…" without braces. Returns the bytes that the changes take.
size_t write_data(const Notification& notification, const JsonCut& cut, JsonWriter& json);

// All members of both in one object, whatever its length: what patterns look at.
void append_flat_json(const Notification& notification, std::string& out);

// "statewire.resource.transition.v1". REQUIRES: not `none`, which is told to nobody.
std::string_view type_of(NotificationKind kind);

// OpenTelemetry's name for the range that a severity number is in: "INFO".
std::string_view severity_text(uint8_t severity);

}  // namespace statewire
