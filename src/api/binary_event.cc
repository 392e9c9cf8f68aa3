#include "api/binary_event.h"

#include "base/json_writer.h"
#include "base/percent.h"

namespace statewire {
namespace {

struct Attribute {
  std::string_view header;
  std::string_view name;
};

constexpr Attribute kAttributes[] = {
    {"ce-specversion", "specversion"},
    {"ce-id", "id"},
    {"ce-source", "source"},
    {"ce-type", "type"},
    {"ce-subject", "subject"},
    {"ce-time", "time"},
    {"ce-dataschema", "dataschema"},
    {"ce-traceparent", "traceparent"},
    {"ce-partitionkey", "partitionkey"},
};

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.empty() || equal_ignoring_case(type, "application/json") || type.ends_with("+json") ||
         equal_ignoring_case(type, "text/json");
}

}  // namespace

bool is_binary_event(const HttpRequestHead& head) { return !head.header("ce-specversion").empty(); }

std::string structured_event(const HttpRequestHead& head, std::string_view body) {
  const std::string_view content_type = head.header("content-type");
  std::string event;
  event.reserve(body.size() + 4096);
  {
    JsonWriter json(event);
    json.begin_object();
    for (const Attribute& attribute : kAttributes) {
      const std::string_view value = head.header(attribute.header);
      if (value.empty()) continue;
      // The HTTP binding, section 3.1.3.2: values are percent-encoded where they must be.
      json.key_text(attribute.name);
      json.text(percent_decode(value));
    }
    json.known_text("datacontenttype", content_type);
    if (!body.empty()) {
      json.key("data");
      is_json(content_type) ? json.raw(body) : json.text(body);
    }
    json.end_object();
  }
  event.reserve(event.size() + kBodySpareBytes);
  return event;
}

}  // namespace statewire
