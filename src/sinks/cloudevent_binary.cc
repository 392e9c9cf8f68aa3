#include "sinks/cloudevent_binary.h"

#include <simdjson.h>

#include "base/percent.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

// Section 3.1.3.2: what a header cannot hold, the blank, the quote and the percent sign are
// percent-encoded.
std::string header_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c > 0x20 && c < 0x7f && c != '"' && c != '%') {
      out.push_back(c);
    } else {
      append_percent_encoded(out, c);
    }
  }
  return out;
}

std::string text_of(const dom::element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
}

}  // namespace

Result<BinaryEvent> binary_event_of(std::string_view structured) {
  dom::parser parser;
  dom::object event;
  if (parser.parse(structured.data(), structured.size(), true).get(event) != simdjson::SUCCESS ||
      event["specversion"].error() != simdjson::SUCCESS) {
    return bad_input("binary mode takes the format json, and this is no CloudEvent");
  }
  BinaryEvent result;
  for (const auto& [name, value] : event) {
    if (name == "data") {
      result.body = simdjson::minify(value);
    } else if (name == "datacontenttype") {
      result.headers.emplace_back("content-type", text_of(value));
    } else {
      result.headers.emplace_back("ce-" + std::string(name), header_value(text_of(value)));
    }
  }
  return result;
}

}  // namespace statewire
