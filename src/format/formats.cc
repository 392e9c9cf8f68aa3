#include <unistd.h>

#include <cstdlib>

#include "config/map_reader.h"
#include "format/csv.h"
#include "format/format.h"
#include "format/message.h"
#include "format/read_format.h"
#include "format/sink_formats.h"

namespace statewire {
namespace {

using Append = void (*)(const Notification&, std::string&);

// A format without errors: it can render every notification.
class PlainFormat final : public Format {
 public:
  PlainFormat(std::string_view content_type, Append append)
      : content_type_(content_type), append_(append) {}

  std::string_view content_type() const override { return content_type_; }
  Result<void> render(const Notification& notification, std::string& out) const override {
    append_(notification, out);
    return {};
  }

 private:
  const std::string_view content_type_;
  const Append append_;
};

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

// A person at a terminal sees days and colours, unless NO_COLOR is set (https://no-color.org).
Append append_text_for_terminal() {
  const char* const no = std::getenv("NO_COLOR");
  return no != nullptr && *no != '\0' ? append_dated_text : append_coloured_text;
}

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

bool has_only(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

// "ticket", or "org/v1": formats may have versions, so that two can run side by side.
bool is_format_name(std::string_view name) {
  const size_t slash = name.find('/');
  if (!has_only(name.substr(0, slash), kNameCharacters)) return false;
  if (slash == std::string_view::npos) return true;
  const std::string_view version = name.substr(slash + 1);
  return version.size() <= 10 && version.starts_with('v') &&
         has_only(version.substr(1), "0123456789");
}

std::unique_ptr<Format> standard_csv() {
  CsvColumns columns;
  for (const char* path : {"origin.source", "resource.id", "state.value"}) {
    columns.fields.push_back(*Field::find(path));
    columns.paths.emplace_back(path);
  }
  return std::make_unique<CsvFormat>(std::move(columns));
}

// Mails are mails, whoever takes them.
std::string_view form_of(std::string_view sink_kind) {
  return sink_kind == "ses" ? std::string_view("email") : sink_kind;
}

}  // namespace

Formats Formats::read(Node node, Problems& problems) {
  Formats result;
  auto& formats = result.formats_;
  formats["json"] =
      std::make_unique<PlainFormat>("application/cloudevents+json; charset=utf-8", append_json);
  formats["json-data"] = std::make_unique<PlainFormat>("application/json", append_json_data);
  formats["csv"] = standard_csv();
  formats["text"] = std::make_unique<PlainFormat>(kPlainText, append_text);
  if (::isatty(STDOUT_FILENO) == 1) {
    result.for_sinks_[{"stdout", "text"}] =
        std::make_unique<PlainFormat>(kPlainText, append_text_for_terminal());
  }
  // Who follows at a terminal, which another process has.
  result.for_sinks_[{"terminal", "text"}] =
      std::make_unique<PlainFormat>(kPlainText, append_dated_text);
  result.for_sinks_[{"coloured-terminal", "text"}] =
      std::make_unique<PlainFormat>(kPlainText, append_coloured_text);
  for (const SinkFormKind& kind : sink_form_kinds()) {
    formats[std::string(kind.name)] = make_sink_format(kind, nullptr, SinkFormInput::none);
  }
  const auto add_for_sinks = [&](const std::string& name, SinkFormInput input) {
    for (const SinkFormKind& kind : sink_form_kinds()) {
      if (kind.name == name) continue;
      result.for_sinks_[{std::string(kind.name), name}] =
          make_sink_format(kind, formats.at(name).get(), input);
    }
  };
  for (const std::string_view name : result.names()) {
    add_for_sinks(std::string(name), SinkFormInput::text);
  }
  for (const Node& entry : node.entries()) {
    const std::string name(entry.key());
    if (!is_format_name(name)) {
      entry.error_at_key("a format's name is like \"ticket\", or with a version like \"org/v1\"");
    } else if (formats.contains(name)) {
      entry.error_at_key("a built-in format has this name");
      continue;
    }
    std::unique_ptr<Format> format = read_format(entry, problems);
    // Another format takes the place of a wrong one, so that nobody is told that there is none.
    formats[name] = format != nullptr ? std::move(format) : standard_csv();
    add_for_sinks(name, SinkFormInput::own);
  }
  return result;
}

const Format* Formats::find(std::string_view name) const {
  const auto found = formats_.find(name);
  return found == formats_.end() ? nullptr : found->second.get();
}

const Format* Formats::find_for_sink(std::string_view name, std::string_view sink_kind) const {
  const auto found = for_sinks_.find({std::string(form_of(sink_kind)), std::string(name)});
  return found == for_sinks_.end() ? find(name) : found->second.get();
}

std::string Formats::name_for_sink(std::string_view name, std::string_view sink_kind) const {
  const auto found = for_sinks_.find({std::string(form_of(sink_kind)), std::string(name)});
  if (found == for_sinks_.end()) return std::string(name);
  return found->first.first + ":" + found->first.second;
}

std::string_view Formats::default_for_sink(std::string_view sink_kind) const {
  for (const SinkFormKind& kind : sink_form_kinds()) {
    if (kind.name == form_of(sink_kind)) return kind.name;
  }
  return "json";
}

std::vector<std::string_view> Formats::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, format] : formats_) names.push_back(name);
  return names;
}

}  // namespace statewire
