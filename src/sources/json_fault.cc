#include "sources/json_fault.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "base/whole_json.h"

namespace statewire {
namespace {

using simdjson::error_code;
namespace ondemand = simdjson::ondemand;

// Reads every value, as the on-demand reader finds no fault in what nobody asks for.
class Walk {
 public:
  error_code value(ondemand::value value) {
    ondemand::json_type type;
    if (const error_code error = value.type().get(type)) return error;
    const bool is_array = type == ondemand::json_type::array;
    if (is_array || type == ondemand::json_type::object) {
      if (depth_ == kValueDepthMax) return simdjson::DEPTH_ERROR;
      ++depth_;
      const error_code error = is_array ? array(value) : object(value);
      --depth_;
      return error;
    }
    const char* const begin = value.raw_json_token().data();
    const error_code error = scalar(value, type);
    if (error) broken_scalar_ = begin;
    return error;
  }

  // Where the scalar begins that could not be read; null where it was something else.
  const char* broken_scalar() const { return broken_scalar_; }

 private:
  error_code array(ondemand::value& value) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    for (auto item : array) {
      ondemand::value inner;
      if (const error_code error = std::move(item).get(inner)) return error;
      if (const error_code error = this->value(inner)) return error;
    }
    return simdjson::SUCCESS;
  }

  error_code object(ondemand::value& value) {
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    for (auto item : object) {
      ondemand::field field;
      if (const error_code error = std::move(item).get(field)) return error;
      std::string_view key;
      if (const error_code error = field.unescaped_key().get(key)) return error;
      if (const error_code error = this->value(field.value())) return error;
    }
    return simdjson::SUCCESS;
  }

  static error_code scalar(ondemand::value& value, ondemand::json_type type) {
    const std::string_view token = trimmed_token(value);
    if (type == ondemand::json_type::boolean) return value.get_bool().error();
    if (type == ondemand::json_type::null) {
      return token == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
    const error_code error = type == ondemand::json_type::string ? value.get_string().error()
                                                                 : value.get_number().error();
    return error && is_json(token) ? simdjson::SUCCESS : error;
  }

  static bool is_json(std::string_view token) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    return parse_json(parser, simdjson::padded_string(token), root) == simdjson::SUCCESS;
  }

  static std::string_view trimmed_token(ondemand::value& value) {
    const std::string_view token = value.raw_json_token();
    return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  }

  const char* broken_scalar_ = nullptr;
  size_t depth_ = 0;
};

// Where the reader stopped; npos where it cannot say. `reason` becomes what was wrong there, where
// that is known better.
size_t syntax_fault(std::string_view text, error_code& reason) {
  ondemand::parser parser;
  ondemand::document document;
  const simdjson::padded_string_view padded(text.data(), text.size(),
                                            text.size() + simdjson::SIMDJSON_PADDING);
  if (parser.iterate(padded).get(document)) return std::string_view::npos;
  ondemand::value root;
  if (document.get_value().get(root)) return 0;
  Walk walk;
  const error_code error = walk.value(root);
  if (error == simdjson::DEPTH_ERROR) reason = error;
  const char* place = walk.broken_scalar();
  if (place != nullptr) return static_cast<size_t>(place - text.data());
  // No location means that all was read: too little where there is an error.
  if (document.current_location().get(place)) return error ? text.size() : std::string_view::npos;
  if (place < text.data() || place > text.data() + text.size()) return std::string_view::npos;
  return static_cast<size_t>(place - text.data());
}

size_t utf8_fault(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<uint8_t>(text[at]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > 1 && !is_utf8(text.substr(at, length))) return at;
    at += length;
  }
  return std::string_view::npos;
}

size_t control_character(std::string_view text) {
  bool is_in_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (is_in_string && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      is_in_string = !is_in_string;
    } else if (is_in_string && static_cast<uint8_t>(text[at]) < 0x20) {
      return at;
    }
  }
  return std::string_view::npos;
}

std::string_view reason_for(error_code error, std::string_view text, size_t offset) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "not valid UTF-8";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a string; it must be escaped";
    case simdjson::UNCLOSED_STRING:
      return "a string that is not closed";
    case simdjson::STRING_ERROR:
      return "a string with an escape that does not exist";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "an unknown word; JSON has only true, false and null";
    case simdjson::NUMBER_ERROR:
      return "a number that JSON does not allow";
    case simdjson::MEMALLOC:
      return "no memory left to read it";
    case simdjson::DEPTH_ERROR:
      return "nested deeper than events are";
    default:
      break;
  }
  if (offset != std::string_view::npos && offset >= text.size()) return "the text ends too early";
  return "a comma, colon, bracket or quote is missing or does not belong here";
}

size_t offset_of_fault(std::string_view text, error_code& error) {
  if (error == simdjson::UTF8_ERROR) return utf8_fault(text);
  if (error == simdjson::UNESCAPED_CHARS) return control_character(text);
  if (error == simdjson::UNCLOSED_STRING || error == simdjson::MEMALLOC) {
    return std::string_view::npos;
  }
  return syntax_fault(text, error);
}

void place(JsonFault& fault, std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  fault.line += static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_start = before.rfind('\n');
  fault.column = offset - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
}

}  // namespace

std::string JsonFault::to_text() const {
  std::string text = "line " + std::to_string(line);
  if (column > 0) text += ", column " + std::to_string(column);
  return text + ": " + what;
}

JsonFault syntax_fault_at(std::string_view text, uint64_t first_line, size_t offset) {
  JsonFault fault{.line = first_line, .column = 0, .what = {}};
  fault.what = reason_for(simdjson::TAPE_ERROR, text, offset);
  place(fault, text, offset);
  return fault;
}

JsonFault find_fault(std::string_view text, uint64_t first_line, error_code error) {
  const size_t offset = offset_of_fault(text, error);
  JsonFault fault{.line = first_line, .column = 0, .what = {}};
  fault.what = reason_for(error, text, offset);
  if (offset != std::string_view::npos) place(fault, text, offset);
  return fault;
}

}  // namespace statewire
