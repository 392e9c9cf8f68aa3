#include "app/fixed_settings.h"

namespace statewire {

FixedSettings fixed_settings(const Settings& settings) {
  return {
      {"http.body_bytes_max", std::to_string(settings.http.body_bytes_max)},
      {"limits.event_bytes", std::to_string(settings.limits.event.event_bytes_max)},
      {"limits.free_disk", std::to_string(settings.store.free_bytes_min)},
      {"limits.store_memory", std::to_string(settings.store.memory_bytes)},
      {"limits.received_memory", std::to_string(settings.received_memory_bytes)},
  };
}

std::vector<std::string> changed_keys(const FixedSettings& started, const FixedSettings& fresh) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < started.size(); ++i) {
    if (started[i] != fresh[i]) keys.push_back(started[i].first);
  }
  return keys;
}

std::string_view unmovable_key(const Settings& old, const Settings& fresh) {
  const HttpTcpListener& before = old.http.listener;
  const HttpTcpListener& after = fresh.http.listener;
  if (old.store.path != fresh.store.path) return "store";
  if (before.address != after.address || before.port != after.port) return "http.listen";
  // Neither may the listener go on in the clear, nor may clients be met with TLS unawares.
  if (before.tls.has_value() != after.tls.has_value()) return "http.tls";
  return {};
}

std::string joined(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
  return text;
}

}  // namespace statewire
