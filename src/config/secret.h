// Passwords, keys and tokens: given as `password`, or in a file as `password_file`.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/map_reader.h"

namespace statewire {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  // The only way to the value. It goes to whom it is meant for: into no log, error or dump.
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "(secret)"; }

 private:
  std::string value_;
};

// What a token allows. `operate` includes `read`.
enum class TokenScope { ingest, read, operate };

// Several may be valid at once, also of one scope, so that they can be rotated.
struct Token {
  TokenScope scope = TokenScope::ingest;
  Secret secret;
};

// Reads `key` or `key`_file, and marks both as known. The file is read now, and a newline at its
// end is not part of the secret. Both keys, an unreadable or an empty file are problems and give
// nothing, as none of the keys does; that is a problem only where the secret is required.
std::optional<Secret> optional_secret(MapReader& reader, std::string_view key);
std::optional<Secret> required_secret(MapReader& reader, std::string_view key);

// All of a file, without the newline at its end. The error names neither the path nor the secret.
Result<Secret> read_secret_file(const std::string& path);

}  // namespace statewire
