#include "cli/config_at_hand.h"

#include <functional>

namespace statewire {

std::string no_config_text() {
  return "no configuration found: no ./statewire.yaml and no /etc/statewire/statewire.yaml; "
         "say --config PATH, or export STATEWIRE_CONFIG=PATH";
}

namespace {

using ReadSettings = std::function<std::unique_ptr<Settings>(const std::string&, ConfigAtHand&)>;

std::unique_ptr<ConfigAtHand> load(const Invocation& invocation, Terminal& terminal,
                                   const ReadSettings& read) {
  const std::string path = find_config(invocation.text("--config"));
  if (path.empty()) {
    terminal.complain(no_config_text());
    return nullptr;
  }
  auto config = std::make_unique<ConfigAtHand>();
  config->settings = read(path, *config);
  if (config->settings != nullptr) return config;
  terminal.write_error(config->problems.to_text());
  return nullptr;
}

}  // namespace

std::unique_ptr<ConfigAtHand> load_config(const Invocation& invocation, Terminal& terminal) {
  return load(invocation, terminal, [](const std::string& path, ConfigAtHand& config) {
    return read_settings(path, config.context, config.problems);
  });
}

std::unique_ptr<ConfigAtHand> load_config_part(const Invocation& invocation, ConfigPart part,
                                               Terminal& terminal) {
  return load(invocation, terminal, [&](const std::string& path, ConfigAtHand& config) {
    return read_settings_part(path, part, config.problems);
  });
}

std::shared_ptr<const Catalog> load_catalog(std::span<const std::string> folders,
                                            Terminal& terminal) {
  Problems problems;
  Result<Catalog> catalog = Catalog::with_folders(compiled_catalog_bytes(), folders, problems);
  if (!problems.ok()) {
    terminal.write_error(problems.to_text());
    return nullptr;
  }
  if (!catalog) {
    terminal.complain(catalog.error().text);
    return nullptr;
  }
  return std::make_shared<const Catalog>(*std::move(catalog));
}

}  // namespace statewire
