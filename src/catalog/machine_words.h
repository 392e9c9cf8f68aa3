// Words in names of sessions, roles and users that are not of people, beside those of programs.
#pragma once

#include <string_view>

namespace statewire {

// "runner", "prod", "ci"; in whatever case.
bool names_machine(std::string_view word);
// Those of them that programs have parts of, and hardly anything else: "runner", and not "test" or
// "operator", who may fly a drone.
bool names_part_of_program(std::string_view word);
// "alice.jenkins": one word, which is not of machines, a dot, and another.
bool is_full_name(std::string_view name);

}  // namespace statewire
