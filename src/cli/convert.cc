#include "cli/commands.h"
#include "cli/complaints.h"
#include "cli/config_at_hand.h"
#include "cli/converter.h"

namespace statewire {
namespace {

// What of a configuration matters without a daemon. The rest of it is not looked at: a filter
// needs none of its secrets.
struct Wishes {
  Problems problems;
  std::optional<Document> document;  // Formats may point into it.
  Formats formats;
  std::vector<std::string> folders;
};

bool read_wishes(const std::string& config_path, Wishes& wishes) {
  Node root;
  if (!config_path.empty()) {
    wishes.document = Document::load(config_path, wishes.problems, process_environment());
    if (!wishes.document) return false;
    root = wishes.document->root();
  }
  wishes.formats = Formats::read(root.find("formats"), wishes.problems);
  for (const Node& folder : root.find("catalog").items()) {
    wishes.folders.push_back(folder.file_path());
  }
  return wishes.problems.ok();
}

// A name with a slash is an organisation's own, which only a configuration can know.
std::string config_path_for(const Invocation& invocation) {
  const std::string given = invocation.text("--config");
  if (!given.empty()) return given;
  return invocation.text("--format").find('/') == std::string::npos ? "" : find_config("");
}

std::string no_such_format(const Formats& formats, const std::string& name) {
  std::string text = "no format \"" + name + "\"; there are: ";
  for (const std::string_view known : formats.names()) {
    if (!text.ends_with(": ")) text += ", ";
    text += known;
  }
  return text;
}

}  // namespace

ExitCode run_convert(const Invocation& invocation, Terminal& terminal) {
  Wishes wishes;
  if (!read_wishes(config_path_for(invocation), wishes)) {
    terminal.write_error(wishes.problems.to_text());
    return ExitCode::bad_config;
  }
  const std::string format_name = invocation.text("--format", "json");
  const Format* const format = wishes.formats.find(format_name);
  if (format == nullptr) {
    terminal.complain(no_such_format(wishes.formats, format_name));
    return ExitCode::usage;
  }
  for (std::string& folder : invocation.texts("--catalog")) {
    wishes.folders.push_back(std::move(folder));
  }
  const std::shared_ptr<const Catalog> catalog = load_catalog(wishes.folders, terminal);
  if (catalog == nullptr) return ExitCode::bad_config;

  SystemClock clock;
  Complaints complaints([&](const std::string& line) { terminal.tell(line); });
  Converter converter(
      {.catalog = *catalog,
       .format = *format,
       .clock = clock,
       .write =
           [&](std::string_view text) {
             terminal.write_data(text);
             return terminal.has_reader();
           },
       .complain = [&](std::string_view place,
                       std::string_view reason) { complaints.add(place, reason); }});
  std::vector<std::string> files = invocation.texts("FILES");
  if (files.empty()) files = {"-"};
  bool has_failed = false;
  for (const std::string& file : files) {
    Result<EventInput> input = EventInput::open(file, terminal.streams().in);
    const Result<bool> converted = input ? converter.convert(*input) : input.error();
    if (!converted) {
      terminal.complain(converted.error().text);
      has_failed = true;
    } else if (!*converted) {
      break;
    }
  }
  converter.flush();
  complaints.finish();
  const bool is_silent = converter.notifications() == 0 && !has_failed && terminal.has_reader();
  if (is_silent) terminal.tell(converter.why_nothing());
  return has_failed || converter.unreadable() > 0 ? ExitCode::failed : ExitCode::well;
}

}  // namespace statewire
