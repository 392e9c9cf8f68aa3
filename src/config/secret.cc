#include "config/secret.h"

#include "base/limits.h"
#include "config/read_file.h"

namespace statewire {
namespace {

// No message here holds the value; those about a type do not either, as only a scalar has one.
std::optional<Secret> secret_in(const Node& node) {
  if (!node.is_scalar()) {
    node.text();
    return std::nullopt;
  }
  std::string value = node.text();
  if (value.empty()) {
    node.error("is empty");
    return std::nullopt;
  }
  return Secret(std::move(value));
}

std::optional<Secret> secret_in_file(const Node& node) {
  const std::string path = node.file_path();
  if (path.empty()) return std::nullopt;
  Result<Secret> secret = read_secret_file(path);
  if (secret) return *std::move(secret);
  node.error(secret.error().text);
  return std::nullopt;
}

}  // namespace

std::optional<Secret> optional_secret(MapReader& reader, std::string_view key) {
  const std::string file_key = std::string(key) + "_file";
  const Node value = reader.optional(key);
  const Node file = reader.optional(file_key);
  if (value && file) {
    file.error_at_key("\"" + std::string(key) + "\" is given too; keep one of the two");
    return std::nullopt;
  }
  if (value) return secret_in(value);
  if (file) return secret_in_file(file);
  return std::nullopt;
}

std::optional<Secret> required_secret(MapReader& reader, std::string_view key) {
  const std::string name(key);
  std::optional<Secret> secret = optional_secret(reader, key);
  if (!reader.optional(key) && !reader.optional(name + "_file")) {
    reader.node().error("missing key \"" + name + "\" or \"" + name + "_file\"");
  }
  return secret;
}

Result<Secret> read_secret_file(const std::string& path) {
  Result<std::string> content = read_file(path, kSecretBytesMax);
  if (!content) return bad_input("cannot be read: " + content.error().text);
  std::string value = *std::move(content);
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (value.empty()) return bad_input("the file is empty");
  return Secret(std::move(value));
}

}  // namespace statewire
