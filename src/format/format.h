// Renders notifications. A format has a name and a version: "json", "org/v1".
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/node.h"
#include "model/notification.h"

namespace statewire {

// Any thread; immutable.
class Format {
 public:
  virtual ~Format() = default;
  virtual std::string_view content_type() const = 0;
  // A line, without its end, that whoever writes many messages to one place writes first; empty
  // where there is none.
  virtual std::string_view header() const { return {}; }
  // Appends one message without a line end; what is not known is left empty. An error means that
  // this format cannot render the notification, now or later: the message breaks its schema. Then
  // `out` is unchanged.
  virtual Result<void> render(const Notification& notification, std::string& out) const = 0;
};

// The built-in formats and those of `formats:`.
//
// json, json-data, csv and text are for any sink. email, slack, teams and pagerduty are what the
// sinks of these names read: for such a sink, the message of any other format is wrapped in the
// form that it needs.
class Formats {
 public:
  // `node` may be absent. Problems are reported at their node, or at their place in a file that it
  // names.
  static Formats read(Node node, Problems& problems);

  // Null where there is none of that name.
  const Format* find(std::string_view name) const;
  // The format `name` as a sink of this kind reads it. Null where there is none of that name.
  const Format* find_for_sink(std::string_view name, std::string_view sink_kind) const;
  // What names that format among all: "csv", and "slack:csv" where it is wrapped for a sink.
  std::string name_for_sink(std::string_view name, std::string_view sink_kind) const;
  // The format of a sink of this kind where none is configured.
  std::string_view default_for_sink(std::string_view sink_kind) const;
  std::vector<std::string_view> names() const;

 private:
  std::map<std::string, std::unique_ptr<Format>, std::less<>> formats_;
  // By kind and name.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Format>, std::less<>> for_sinks_;
};

// The canonical JSON form: the CloudEvents envelope with its data, as NOTIFICATION version 1.
void append_json(const Notification& notification, std::string& out);
// The schema that it names: of the first minor version that has all that is in it, so that who
// knows only that one can read it.
std::string_view dataschema_of(const Notification& notification);
// The data alone.
void append_json_data(const Notification& notification, std::string& out);
// The `message` field: one readable line of at most 1,024 characters.
void append_message(const Notification& notification, std::string& out);
// The value of one field by its dotted path ("origin.source", "cause.kind", "time"); empty where
// it is not known. The paths are those of the notification's data, and the envelope's names.
void append_field(const Notification& notification, std::string_view path, std::string& out);
// All paths that append_field and patterns know; "resource.tags.*" stands for any tag.
std::span<const std::string_view> notification_fields();

}  // namespace statewire
