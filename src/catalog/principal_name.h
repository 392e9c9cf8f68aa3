// The names of those whom a policy lets in. All functions are pure; any thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

namespace statewire {

// "role auditors" for the ARN of a role of `own_account`, and "role auditors of account
// 210987654321" for one of another; "account 210987654321" for all of an account; else as it is.
std::string name_of_principal(std::string_view principal, std::string_view own_account);

// The same for each of `Principal.AWS` of a statement, one text or a list, but for "*". Empty where
// the element is no statement.
std::vector<std::string> principals_in(simdjson::dom::element statement,
                                       std::string_view own_account);

}  // namespace statewire
