#include "api/binary_event.h"

#include "base/percent.h"
#include "base/text.h"

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

void add(std::string& json, std::string_view name, std::string_view value) {
  json += json.empty() ? "{\"" : ",\"";
  json.append(name).append("\":");
  append_json_string(json, value);
}

}  // namespace

bool is_binary_event(const HttpRequestHead& head) { return !head.header("ce-specversion").empty(); }

std::string structured_event(const HttpRequestHead& head, std::string_view body) {
  const std::string_view content_type = head.header("content-type");
  std::string json;
  json.reserve(body.size() + 1024);
  for (const Attribute& attribute : kAttributes) {
    const std::string_view value = head.header(attribute.header);
    // The HTTP binding, section 3.1.3.2: values are percent-encoded where they must be.
    if (!value.empty()) add(json, attribute.name, percent_decode(value));
  }
  if (!content_type.empty()) add(json, "datacontenttype", content_type);
  if (!body.empty()) {
    json += ",\"data\":";
    if (is_json(content_type)) {
      json += body;
    } else {
      append_json_string(json, body);
    }
  }
  json += '}';
  json.reserve(json.size() + kBodySpareBytes);
  return json;
}

}  // namespace statewire
