// What several answers say in the same words. Objects are written whole unless it says otherwise.
// All functions are pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "format/json_writer.h"
#include "model/record.h"

namespace statewire {

// {"kind",…,"confidence","evidence"}
void write_cause(const Cause& cause, JsonWriter& json);
// {"phase","value"}, the value where there is one.
void write_state(Phase phase, std::string_view value, JsonWriter& json);
// {"system","source","type","id"}
void write_origin(const Origin& origin, JsonWriter& json);
// A resource as lists and timelines show it.
void write_resource(const Record& record, JsonWriter& json);

// What a person calls it: its Name tag, else the name that events gave; may be empty.
std::string_view display_name(const Record& record);

// The text that `write` puts into a writer: it is there only once the writer is gone.
template <typename Write>
std::string json_of(Write write) {
  std::string out;
  {
    JsonWriter json(out);
    write(json);
  }
  return out;
}

// Between the elements of a list or object.
class Commas {
 public:
  void next(JsonWriter& json) {
    if (is_first_) {
      is_first_ = false;
    } else {
      json.raw(",");
    }
  }

 private:
  bool is_first_ = true;
};

// true or false, after `before`.
template <size_t N>
void write_bool(const char (&before)[N], bool value, JsonWriter& json) {
  json.raw(before);
  json.raw(value ? std::string_view("true") : std::string_view("false"));
}
template <size_t N>
void write_number(const char (&before)[N], uint64_t value, JsonWriter& json) {
  json.raw(before);
  json.number(value);
}
template <size_t N>
void write_time(const char (&before)[N], Time value, JsonWriter& json) {
  json.raw(before);
  json.time(value);
}

}  // namespace statewire
