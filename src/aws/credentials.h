// What signs a call.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "config/secret.h"

namespace statewire {

struct AwsCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;         // Empty for keys that stay.
  std::optional<Time> expires;  // Absent where they do not.
  std::string provider;         // Which part of the chain found them: "environment".
};

}  // namespace statewire
