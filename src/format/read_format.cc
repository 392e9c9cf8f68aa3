#include "format/read_format.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "config/map_reader.h"
#include "config/read_file.h"
#include "format/csv.h"
#include "format/example_notification.h"
#include "format/json_schema.h"
#include "format/mustache.h"
#include "format/shape.h"

namespace statewire {
namespace {

// Holds each message of another format against a schema.
class CheckedFormat final : public Format {
 public:
  CheckedFormat(std::unique_ptr<Format> format, JsonSchema schema)
      : format_(std::move(format)), schema_(std::move(schema)) {}

  std::string_view content_type() const override { return format_->content_type(); }
  Result<void> render(const Notification& notification, std::string& out) const override {
    const size_t from = out.size();
    Result<void> done = format_->render(notification, out);
    if (done) done = schema_.check(std::string_view(out).substr(from));
    if (!done) out.resize(from);
    return done;
  }

 private:
  const std::unique_ptr<Format> format_;
  const JsonSchema schema_;
};

std::unique_ptr<Format> read_columns(MapReader& keys, const Node& list) {
  CsvColumns columns;
  for (const Node& column : list.items()) {
    std::string path = column.text();
    const std::optional<Field> field = Field::find(path);
    if (!field) {
      column.error(no_such_path(path));
      continue;
    }
    columns.fields.push_back(*field);
    columns.paths.push_back(std::move(path));
  }
  if (list.is_list() && list.items().empty()) list.error("a format has at least one column");
  columns.has_header = keys.optional("header").boolean(false);
  columns.defuses_formulas = keys.optional("defuse_formulas").boolean(false);
  return std::make_unique<CsvFormat>(std::move(columns));
}

// The text of a file that `node` names; nothing, and a problem, where it cannot be read.
std::optional<std::string> text_of_file(const Node& node, size_t bytes_max) {
  const std::string path = node.file_path();
  if (path.empty()) return std::nullopt;
  Result<std::string> text = read_file(path, bytes_max);
  if (text) return *std::move(text);
  node.error("cannot be read: " + text.error().text);
  return std::nullopt;
}

Problem problem_in(const std::string& path, TextFault fault) {
  return {.file = path, .line = fault.line, .column = fault.column, .text = std::move(fault.text)};
}

// Tells faults where they are: in the file, or at the value that holds the text.
bool tell_faults(const Node& node, bool is_file, std::vector<TextFault> faults,
                 Problems& problems) {
  for (TextFault& fault : faults) {
    if (is_file) {
      problems.add(problem_in(node.file_path(), std::move(fault)));
    } else {
      node.error("line " + std::to_string(fault.line) + ", column " + std::to_string(fault.column) +
                 ": " + fault.text);
    }
  }
  return faults.empty();
}

Escape escape_for(std::string_view content_type) {
  if (content_type.find("json") != std::string_view::npos) return Escape::json;
  const bool is_markup = content_type.find("html") != std::string_view::npos ||
                         content_type.find("xml") != std::string_view::npos;
  return is_markup ? Escape::html : Escape::none;
}

bool is_content_type(std::string_view text) {
  const size_t slash = text.find('/');
  return slash != 0 && slash != std::string_view::npos && slash + 1 < text.size() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::unique_ptr<Format> read_template(MapReader& keys, const Node& source, bool has_schema,
                                      Problems& problems) {
  const bool is_file = source.key() == "template_file";
  TemplateOptions options;
  const Node content_type = keys.optional("content_type");
  options.content_type =
      content_type.text(has_schema ? "application/json" : "text/plain; charset=utf-8");
  if (content_type && !is_content_type(options.content_type)) {
    content_type.error("wanted a media type, such as text/html; charset=utf-8");
  }
  options.escape = keys.optional("escape").choice<Escape>(
      {{"json", Escape::json}, {"html", Escape::html}, {"none", Escape::none}},
      escape_for(options.content_type));
  std::optional<std::string> text =
      is_file ? text_of_file(source, kFormatTemplateBytesMax) : source.text();
  if (!text) return nullptr;
  if (text->empty()) source.error("the template is empty");
  if (!is_utf8(*text)) source.error("the template is not UTF-8");
  options.text = *std::move(text);
  if (!tell_faults(source, is_file, template_faults(options.text), problems)) return nullptr;
  return make_template(std::move(options));
}

std::unique_ptr<Format> with_schema(std::unique_ptr<Format> format, const Node& file,
                                    Problems& problems) {
  const std::optional<std::string> text = text_of_file(file, kSchemaBytesMax);
  if (!text) return nullptr;
  auto schema = JsonSchema::parse(*text);
  if (auto* fault = std::get_if<TextFault>(&schema)) {
    problems.add(problem_in(file.file_path(), std::move(*fault)));
    return nullptr;
  }
  if (format == nullptr) return nullptr;
  if (format->content_type().find("json") == std::string_view::npos) {
    file.error_at_key("only messages in JSON have a schema, and these are " +
                      std::string(format->content_type()));
    return nullptr;
  }
  return std::make_unique<CheckedFormat>(std::move(format),
                                         std::get<JsonSchema>(std::move(schema)));
}

// A fault of every message shows in the first one.
void try_on_example(const Node& node, const Format& format) {
  std::string message;
  const Result<void> rendered = format.render(example_notification(), message);
  if (!rendered) node.warn("of the example notification: " + rendered.error().text);
}

}  // namespace

std::unique_ptr<Format> read_format(const Node& node, Problems& problems) {
  MapReader keys(node);
  std::vector<Node> sources;
  for (const char* key : {"columns", "shape", "template", "template_file"}) {
    if (const Node source = keys.optional(key)) sources.push_back(source);
  }
  const Node schema = keys.optional("schema_file");
  if (sources.empty()) {
    if (node.is_map()) node.error("a format has columns, a shape, a template or a template_file");
    for (const char* key : {"header", "defuse_formulas", "content_type", "escape"}) {
      keys.optional(key);
    }
    return nullptr;
  }
  if (sources.size() > 1) {
    sources[1].error_at_key("a format is one of columns, shape, template and template_file");
    keys.ignore_rest();
    return nullptr;
  }
  const Node& source = sources.front();
  const size_t errors_before = problems.errors();
  std::unique_ptr<Format> format;
  if (source.key() == "columns") {
    format = read_columns(keys, source);
  } else if (source.key() == "shape") {
    format = std::make_unique<ShapeFormat>(read_shape(source));
  } else {
    format = read_template(keys, source, schema.exists(), problems);
  }
  if (schema) format = with_schema(std::move(format), schema, problems);
  if (format != nullptr && problems.errors() == errors_before) try_on_example(node, *format);
  return format;
}

}  // namespace statewire
