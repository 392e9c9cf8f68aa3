// Reads a state of Terraform or OpenTofu, version 4 or 3.
// https://developer.hashicorp.com/terraform/internals/json-format tells of its public form; the
// state's own is that of the files that both tools write.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "inventory/declared.h"

namespace statewire {

// Where an instance that does not tell it is: what the configuration says, else what most others of
// the state tell, else what its data sources do.
struct StateDefaults {
  std::string account;
  std::string region;
};

// `text` is the whole state. An error where it is not: half of one, another version. Managed
// instances of the AWS provider are joined or listed; data sources and what a replacement left
// behind (deposed) are no declarations. What AWS owns itself is listed, not joined. Pure; `name`
// and `written` of the result are the caller's.
Result<DeclaredStack> read_terraform_state(std::string_view text, const StateDefaults& defaults);

}  // namespace statewire
