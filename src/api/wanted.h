// What people name by a part of it. All functions are pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

// Whether `wanted` is a type, or whole parts of one that follow one another: "EC2::Instance",
// "instance" and "ec2" of AWS::EC2::Instance. Cases of letters are of no account.
bool is_of_type(std::string_view wanted, std::string_view type);

// Whether `end` is the whole last part of an id, behind `/` or `:`, and not all of it.
bool is_end_of(std::string_view end, std::string_view id);

// Whether no actor is wanted, or this one: "carol@example.org", or what stands before the `@`.
// Cases of letters are of no account.
bool is_wanted_actor(std::string_view wanted, std::string_view actor);

// Whether nothing is wanted, or just this.
inline bool is_wanted(std::string_view wanted, std::string_view found) {
  return wanted.empty() || wanted == found;
}

}  // namespace statewire
