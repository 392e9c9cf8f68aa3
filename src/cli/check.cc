#include <filesystem>

#include "base/text.h"
#include "catalog/check_folders.h"
#include "cli/check_types.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"

namespace statewire {
namespace {

template <typename Items, typename Text>
std::string joined(const Items& items, Text text_of) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + text_of(item);
  return text.empty() ? "none" : text;
}

std::string summary_of(const Settings& settings, size_t catalog_entries) {
  const HttpTcpListener& listener = settings.http.listener;
  std::string text = settings.path + ": well\n";
  const auto add = [&](std::string_view name, const std::string& value) {
    std::string label(name);
    label.resize(15, ' ');
    text += label + value + "\n";
  };
  add("store", std::filesystem::path(settings.store.path).lexically_normal().string());
  add("http", listener.address + ":" + std::to_string(listener.port) +
                  (listener.tls ? ", TLS, " : ", ") +
                  (settings.http.tokens.empty() ? "no tokens"
                                                : counted(settings.http.tokens.size(), "token")));
  add("catalog", counted(catalog_entries, "entry"));
  add("sources", joined(settings.sources, [](const SourceSetting& source) {
        const std::optional<Time> next = source.source->next_time();
        return source.name + " (" + std::string(source.kind->name) +
               (next ? ", next at " + format_time(*next) : "") + ")";
      }));
  if (!settings.inventories.empty()) {
    add("inventory", joined(settings.inventories, [](const InventorySetting& inventory) {
          return inventory.name + " (" + std::string(inventory.kind->name) + ")";
        }));
  }
  add("subscriptions", joined(settings.subscriptions, [](const Subscription& subscription) {
        return subscription.name + " (" + subscription.format_name + " to " +
               subscription.sink_kind + ")";
      }));
  return text;
}

}  // namespace

ExitCode run_check(const Invocation& invocation, Terminal& terminal) {
  const std::string path = find_config(invocation.text("CONFIG", invocation.text("--config")));
  if (path.empty()) {
    terminal.complain(no_config_text());
    return ExitCode::bad_config;
  }
  ConfigAtHand config;
  config.settings = read_settings(path, config.context, config.problems);
  size_t catalog_entries = 0;
  if (config.settings != nullptr) {
    read_certificate(*config.settings, config.problems);
    const Result<Catalog> catalog = Catalog::with_folders(
        compiled_catalog_bytes(), config.settings->catalog_folders, config.problems);
    if (!catalog && config.problems.ok()) {
      config.problems.add({.file = path, .path = "catalog", .text = catalog.error().text});
    }
    if (catalog) {
      catalog_entries = catalog->size();
      check_folders(*catalog, config.settings->catalog_folders, config.problems);
      warn_of_unknown_types(*config.settings->document, *catalog);
    }
  }
  const bool is_well = config.problems.ok() && config.settings != nullptr;
  if (invocation.text("--output") == "json") {
    terminal.write(config.problems.to_json() + "\n");
  } else {
    terminal.write(config.problems.to_text());
    if (is_well) terminal.write(summary_of(*config.settings, catalog_entries));
  }
  return is_well ? ExitCode::well : ExitCode::bad_config;
}

}  // namespace statewire
