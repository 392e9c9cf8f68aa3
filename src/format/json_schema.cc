#include "format/json_schema.h"

// Without it, valijson ends the program where a schema is wrong.
#define VALIJSON_USE_EXCEPTIONS 1

#include <algorithm>
#include <boost/json.hpp>
#include <exception>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "base/limits.h"

namespace statewire {
namespace {

namespace json = boost::json;
using valijson::adapters::BoostJsonAdapter;

// The value, or where `text` stops being JSON.
std::variant<json::value, TextFault> parse_json(std::string_view text) {
  json::stream_parser parser;
  json::error_code error;
  const size_t read = parser.write_some({text.data(), text.size()}, error);
  if (!error && read < text.size()) {
    const size_t more = text.find_first_not_of(" \t\r\n", read);
    if (more != std::string_view::npos) {
      return fault_at(text, more, "more text after the JSON value");
    }
  }
  if (!error) parser.finish(error);
  if (error) return fault_at(text, std::min(read, text.size()), "not JSON: " + error.message());
  return parser.release();
}

// True for each value of the tree for which `is_so` is.
template <typename IsSo>
bool any_value(const json::value& value, const IsSo& is_so) {
  if (is_so(value)) return true;
  if (const json::object* object = value.if_object()) {
    return std::any_of(object->begin(), object->end(),
                       [&](const auto& member) { return any_value(member.value(), is_so); });
  }
  if (const json::array* array = value.if_array()) {
    return std::any_of(array->begin(), array->end(),
                       [&](const json::value& item) { return any_value(item, is_so); });
  }
  return false;
}

bool has_patterns(const json::value& schema) {
  return any_value(schema, [](const json::value& value) {
    const json::object* object = value.if_object();
    return object != nullptr &&
           (object->contains("pattern") || object->contains("patternProperties"));
  });
}

bool has_long_text(const json::value& message) {
  return any_value(message, [](const json::value& value) {
    const json::string* text = value.if_string();
    return text != nullptr && text->size() > kSchemaMatchedBytesMax;
  });
}

// A context is written <root>[state][phase]: as a JSON Pointer /state/phase.
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& step : context) {
    if (step.size() < 2 || step.front() != '[') continue;
    pointer += "/" + step.substr(1, step.size() - 2);
  }
  return pointer.empty() ? "the message" : pointer;
}

std::string problems_in(valijson::ValidationResults& results) {
  std::vector<std::string> problems;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    problems.push_back(pointer_of(error.context) + ": " + error.description);
  }
  // The outermost come last, and say only that something below them failed.
  std::string text;
  for (size_t i = 0; i < std::min(problems.size(), kSchemaProblemsShownMax); ++i) {
    text += (text.empty() ? "" : "; ") + problems[i];
  }
  return text.empty() ? "it is not valid" : text;
}

}  // namespace

struct JsonSchema::Parts {
  json::value document;
  valijson::Schema schema;
  bool has_patterns = false;
};

JsonSchema::JsonSchema(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

std::variant<JsonSchema, TextFault> JsonSchema::parse(std::string_view text) {
  auto document = parse_json(text);
  if (auto* fault = std::get_if<TextFault>(&document)) return std::move(*fault);
  auto parts = std::make_unique<Parts>();
  parts->document = std::get<json::value>(std::move(document));
  parts->has_patterns = has_patterns(parts->document);
  if (!parts->document.is_object() && !parts->document.is_bool()) {
    return TextFault{.text = "a schema is an object"};
  }
  try {
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(BoostJsonAdapter(parts->document), parts->schema);
  } catch (const std::exception& error) {
    return TextFault{.text = "not a schema of draft 7: " + std::string(error.what())};
  }
  return JsonSchema(std::move(parts));
}

Result<void> JsonSchema::check(std::string_view message) const {
  auto parsed = parse_json(message);
  if (const auto* fault = std::get_if<TextFault>(&parsed)) return bad_input(fault->text);
  const json::value& value = std::get<json::value>(parsed);
  if (parts_->has_patterns && has_long_text(value)) {
    return bad_input("a text of more than 4,096 bytes cannot be held against a pattern");
  }
  try {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(parts_->schema, BoostJsonAdapter(value), &results)) return {};
    return bad_input("the message breaks its schema: " + problems_in(results));
  } catch (const std::exception& error) {
    return bad_input("the message cannot be held against its schema: " + std::string(error.what()));
  }
}

Result<void> check_json(std::string_view text) {
  const auto parsed = parse_json(text);
  const auto* fault = std::get_if<TextFault>(&parsed);
  if (fault == nullptr) return {};
  return bad_input("the message is not JSON: line " + std::to_string(fault->line) + ", column " +
                   std::to_string(fault->column) + ": " + fault->text);
}

}  // namespace statewire
