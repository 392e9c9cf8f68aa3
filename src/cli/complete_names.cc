// The names that a completion offers: those of the configuration out of its file, whatever is wrong
// with it, and those of resources out of the store. Nobody waits long for either: only so many
// resources are looked at.
#include <fcntl.h>

#include <set>

#include "app/settings.h"
#include "base/limits.h"
#include "cli/client.h"
#include "cli/complete.h"
#include "cli/reply.h"
#include "sources/byte_input.h"

namespace statewire {
namespace {

using Names = std::set<std::string>;

Names keys_of(const std::string& config_path, std::string_view section) {
  Names names;
  Problems problems;
  const auto document = Document::load(config_path, problems, process_environment());
  if (!document) return names;
  for (const Node& entry : document->root().find(section).entries()) {
    names.emplace(entry.key());
  }
  return names;
}

void add_name(JsonElement resource, NamesOf of, Names& names) {
  const auto add = [&](std::string name) {
    if (!name.empty()) names.insert(std::move(name));
  };
  switch (of) {
    case NamesOf::types:
      return add(text_at(resource, "type"));
    case NamesOf::accounts:
      return add(text_at(resource, "account"));
    case NamesOf::regions:
      return add(text_at(resource, "region"));
    case NamesOf::actors:
      return add(text_at(resource, "cause.actor"));
    case NamesOf::resources: {
      add(text_at(resource, "name"));
      const std::string id = text_at(resource, "id");
      return add(id.substr(id.find_last_of("/:") + 1));
    }
    default:
      return;
  }
}

Names names_in_store(const NextWords& completion, const std::string& begun, Terminal& quiet) {
  Names names;
  Invocation invocation;
  if (!completion.config.empty()) invocation.set("--config", {completion.config});
  (void)with_client(invocation, quiet, Access::read, [&](Client& client) {
    ResourceFilter filter{.limit = kCompletedNamesMax};
    // Of resources, those that are meant; of all else, what the first have.
    if (completion.names == NamesOf::resources) filter.query = begun;
    const Result<std::string> page = client.resources(filter);
    const Result<Reply> reply = page ? Reply::parse(*page) : page.error();
    if (!reply) return ExitCode::failed;
    for (const JsonElement resource : items_at(reply->root(), "resources")) {
      add_name(resource, completion.names, names);
    }
    return ExitCode::well;
  });
  return names;
}

Names names_for(const NextWords& completion, const std::string& begun, Terminal& quiet) {
  const std::string path = find_config(completion.config);
  switch (completion.names) {
    case NamesOf::nothing:
      return {};
    case NamesOf::subscriptions:
      return keys_of(path, "subscriptions");
    case NamesOf::formats: {
      Names names = keys_of(path, "formats");
      names.insert({"json", "json-data", "csv", "text"});
      return names;
    }
    default:
      return names_in_store(completion, begun, quiet);
  }
}

// A word that a shell would take apart is offered by nobody.
bool is_one_word(std::string_view name) {
  return name.find_first_of(" \t\r\n'\"\\$`") == std::string_view::npos;
}

}  // namespace

ExitCode run_complete(std::span<const char* const> words, Terminal& terminal) {
  const std::vector<std::string> all(words.begin(), words.end());
  const NextWords completion = complete_words(all);
  std::string text;
  for (const auto& [word, help] : completion.candidates) {
    text.append(word).append("\t").append(help).append("\n");
  }
  if (completion.wants_files) text += ":files\n";
  if (completion.wants_folders) text += ":folders\n";
  const std::string begun = all.empty() ? std::string() : all.back();
  const OwnedFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  Terminal quiet({.out = nowhere.get(), .err = nowhere.get()});
  for (const std::string& name : names_for(completion, begun, quiet)) {
    if (name.starts_with(begun) && is_one_word(name)) text += name + "\t\n";
  }
  terminal.write_data(text);
  return ExitCode::well;
}

}  // namespace statewire
