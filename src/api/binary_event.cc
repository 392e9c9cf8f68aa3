#include "api/binary_event.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/json_writer.h"
#include "base/percent.h"
#include "base/text.h"
#include "sources/cloud_event.h"

namespace statewire {
namespace {

constexpr std::string_view kPrefix = "ce-";

// The HTTP binding, section 3.1.3.2: what older senders put between quotes is taken out of them,
// and then percent-decoded, once.
std::string attribute_value(std::string_view value) {
  if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) {
    return percent_decode(value);
  }
  std::string text;
  value = value.substr(1, value.size() - 2);
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    text += value[i];
  }
  return percent_decode(text);
}

bool is_attribute(std::string_view name) {
  const bool is_well_formed = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  return is_well_formed && name != "data" && name != "datacontenttype";
}

using Attributes = std::vector<std::pair<std::string, std::string>>;

Result<Attributes> attributes_of(const HttpRequestHead& head) {
  Attributes attributes;
  std::string fault;
  head.for_each_header([&](std::string_view header, std::string_view value) {
    if (!equal_ignoring_case(header.substr(0, kPrefix.size()), kPrefix)) return;
    std::string name = lower_case(header.substr(kPrefix.size()));
    std::string text = attribute_value(value);
    const std::string shown = "the header ce-" + std::string(cut_utf8(name, 40));
    if (!is_attribute(name)) {
      fault = shown + " is no attribute of a CloudEvent";
    } else if (std::ranges::find(attributes, name, &Attributes::value_type::first) !=
               attributes.end()) {
      fault = shown + " is here twice";
    } else if (!is_utf8(text)) {
      fault = shown + " is not UTF-8";
    }
    attributes.emplace_back(std::move(name), std::move(text));
  });
  if (!fault.empty()) return bad_input(fault);
  return attributes;
}

}  // namespace

bool is_structured_event(const HttpRequestHead& head) {
  constexpr std::string_view kType = "application/cloudevents";
  return equal_ignoring_case(head.header("content-type").substr(0, kType.size()), kType);
}

bool is_binary_event(const HttpRequestHead& head) {
  if (is_structured_event(head)) return false;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"ce-specversion", "ce-id", "ce-source", "ce-type"},
      [&](std::string_view name) { return !head.header(name).empty(); });
}

Result<std::string> structured_event(const HttpRequestHead& head, std::string_view body) {
  const Result<Attributes> attributes = attributes_of(head);
  if (!attributes) return attributes.error();
  const std::string_view content_type = head.header("content-type");
  const bool is_json = is_json_type(content_type);
  if (is_json && !body.empty() && !is_one_json_value(body)) {
    return bad_input("the body is no JSON, as its content type says");
  }
  std::string event;
  event.reserve(body.size() + 4096);
  {
    JsonWriter json(event);
    json.begin_object();
    for (const auto& [name, value] : *attributes) {
      json.key_text(name);
      json.text(value);
    }
    json.known_text("datacontenttype", content_type);
    if (!body.empty() && is_json) {
      json.key("data");
      json.raw(body);
    } else if (!body.empty() && is_utf8(body)) {
      json.text("data", body);
    } else if (!body.empty()) {
      json.text("data_base64", base64_encoded(body));
    }
    json.end_object();
  }
  event.reserve(event.size() + kBodySpareBytes);
  return event;
}

}  // namespace statewire
