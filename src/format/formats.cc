#include "base/text.h"
#include "config/map_reader.h"
#include "format/csv.h"
#include "format/format.h"
#include "format/text.h"

namespace statewire {
namespace {

using AppendJson = void (*)(const Notification&, std::string&);

class JsonFormat final : public Format {
 public:
  JsonFormat(std::string_view content_type, AppendJson append)
      : content_type_(content_type), append_(append) {}

  std::string_view content_type() const override { return content_type_; }
  void render(const Notification& notification, std::string& out) const override {
    append_(notification, out);
  }

 private:
  const std::string_view content_type_;
  const AppendJson append_;
};

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "org/v1": formats are versioned, so that two can run side by side.
bool is_versioned_name(std::string_view name) {
  const size_t slash = name.find('/');
  if (slash == 0 || slash == std::string_view::npos) return false;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (name.substr(0, slash).find_first_not_of(kAllowed) != std::string_view::npos) return false;
  const std::string_view version = name.substr(slash + 1);
  return version.size() <= 10 && version.starts_with('v') && is_digits(version.substr(1));
}

std::string no_such_column(std::string_view path) {
  const std::string_view near = nearest(path, notification_fields());
  if (near.empty()) return no_such_field("", path);
  return "no such field; did you mean \"" + std::string(near) + "\"?";
}

void add_column(CsvColumns& columns, std::string path) {
  if (const std::optional<Field> field = Field::find(path)) columns.fields.push_back(*field);
  columns.paths.push_back(std::move(path));
}

std::unique_ptr<Format> read_columns(Node node) {
  MapReader keys(node);
  CsvColumns columns;
  const Node list = keys.required("columns");
  for (const Node& column : list.items()) {
    std::string path = column.text();
    if (!Field::find(path)) column.error(no_such_column(path));
    add_column(columns, std::move(path));
  }
  if (list.is_list() && list.items().empty()) list.error("a format has at least one column");
  columns.has_header = keys.optional("header").boolean(false);
  columns.defuses_formulas = keys.optional("defuse_formulas").boolean(false);
  return std::make_unique<CsvFormat>(std::move(columns));
}

std::unique_ptr<Format> standard_csv() {
  CsvColumns columns;
  for (const char* path : {"origin.source", "resource.id", "state.value"}) {
    add_column(columns, path);
  }
  return std::make_unique<CsvFormat>(std::move(columns));
}

}  // namespace

Formats Formats::read(Node node, Problems&) {
  Formats result;
  auto& formats = result.formats_;
  formats["json"] =
      std::make_unique<JsonFormat>("application/cloudevents+json; charset=utf-8", append_json);
  formats["json-data"] = std::make_unique<JsonFormat>("application/json", append_json_data);
  formats["csv"] = standard_csv();
  formats["text"] = std::make_unique<TextFormat>();
  for (const Node& entry : node.entries()) {
    if (!is_versioned_name(entry.key())) {
      entry.error_at_key("a format's name ends with its version: \"org/v1\"");
    }
    formats[std::string(entry.key())] = read_columns(entry);
  }
  return result;
}

const Format* Formats::find(std::string_view name) const {
  const auto found = formats_.find(name);
  return found == formats_.end() ? nullptr : found->second.get();
}

std::vector<std::string_view> Formats::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, format] : formats_) names.push_back(name);
  return names;
}

}  // namespace statewire
