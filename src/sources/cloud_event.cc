#include "sources/cloud_event.h"

#include <algorithm>

#include "base/base64.h"
#include "base/dom_text.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/whole_json.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter(char c) { return is_letter_or_digit(c) && !is_digit(c); }

// Unreserved characters, sub-delims, and those of `more`; percent signs only before two digits.
bool has_only(std::string_view text, std::string_view more) {
  constexpr std::string_view kAnywhere = "-._~!$&'()*+,;=";
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) {
        return false;
      }
    } else if (!is_letter_or_digit(c) && kAnywhere.find(c) == kAnywhere.npos &&
               more.find(c) == more.npos) {
      return false;
    }
  }
  return true;
}

// Takes off what follows the first `mark`.
std::string_view cut_behind(std::string_view& text, char mark) {
  const size_t at = text.find(mark);
  if (at == text.npos) return {};
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return behind;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_authority(std::string_view text) {
  if (const size_t at = text.find('@'); at != text.npos) {
    if (!has_only(text.substr(0, at), ":")) return false;
    text.remove_prefix(at + 1);
  }
  if (!text.starts_with('[')) {
    const std::string_view port = cut_behind(text, ':');
    return has_only(text, "") && std::ranges::all_of(port, is_digit);
  }
  const size_t end = text.find(']');
  if (end == text.npos || end == 1 || !has_only(text.substr(1, end - 1), ":")) return false;
  text.remove_prefix(end + 1);
  return text.empty() || (text.starts_with(':') && std::ranges::all_of(text.substr(1), is_digit));
}

// What follows a scheme, or stands for itself.
bool is_rest(std::string_view text, bool may_begin_with_colon) {
  if (!has_only(cut_behind(text, '#'), ":@/?") || !has_only(cut_behind(text, '?'), ":@/?")) {
    return false;
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const size_t path = std::min(text.find('/'), text.size());
    return is_authority(text.substr(0, path)) && has_only(text.substr(path), ":@/");
  }
  const std::string_view first = text.substr(0, text.find('/'));
  return (may_begin_with_colon || first.find(':') == first.npos) && has_only(text, ":@/");
}

}  // namespace

bool is_uri_reference(std::string_view text) {
  const size_t mark = text.find_first_of(":/?#");
  if (mark != text.npos && text[mark] == ':' && is_scheme(text.substr(0, mark))) {
    return is_rest(text.substr(mark + 1), true);
  }
  return is_rest(text, false);
}

bool is_json_type(std::string_view content_type) {
  std::string type = lower_case(content_type.substr(0, content_type.find(';')));
  type.erase(type.find_last_not_of(" \t") + 1);
  return type.empty() || type == "application/json" || type == "text/json" ||
         type.ends_with("+json");
}

bool is_one_json_value(std::string_view text) {
  std::string padded;
  padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  padded = text;
  dom::parser parser;
  dom::element value;
  return parse_json(parser, padded, value) == simdjson::SUCCESS;
}

std::string cloud_event_fault(dom::object event) {
  const std::string begin = "a CloudEvent ";
  const std::string_view version = text_of(event["specversion"]);
  if (version.empty()) return begin + "without specversion";
  if (version != "1.0") {
    return begin + "of specversion " + json_quoted(cut_utf8(version, 20)) + "; wanted \"1.0\"";
  }
  for (const std::string_view name : {"id", "source", "type"}) {
    const FoundElement found = event[name];
    if (!found.error() && !found.is_string())
      return begin + "whose " + std::string(name) + " is no text";
    if (text_of(found).empty()) return begin + "without " + std::string(name);
  }
  if (!is_uri_reference(text_of(event["source"]))) {
    return begin + "whose source is no URI reference";
  }
  const FoundElement packed = event["data_base64"];
  if (packed.error()) return {};
  if (!event["data"].error()) return begin + "with data and data_base64";
  if (!packed.is_string() || !base64_decoded(text_of(packed))) {
    return begin + "whose data_base64 is no base64";
  }
  return {};
}

Result<std::optional<std::string>> with_plain_data(dom::object event) {
  std::optional<std::string> data;
  if (event["data_base64"].is_string()) data = base64_decoded(text_of(event["data_base64"]));
  if (!data) return data;
  const bool is_json = is_json_type(text_of(event["datacontenttype"]));
  if (is_json && !is_one_json_value(*data)) {
    return bad_input("a CloudEvent whose data is no JSON, as its content type says");
  }
  if (!is_utf8(*data)) return std::optional<std::string>();
  return std::optional(json_of([&](JsonWriter& json) {
    json.begin_object();
    for (const auto field : event) {
      if (field.key == "data_base64") continue;
      json.key_text(field.key);
      json.raw(simdjson::minify(field.value));
    }
    json.key("data");
    is_json ? json.raw(*data) : json.text(*data);
    json.end_object();
  }));
}

}  // namespace statewire
