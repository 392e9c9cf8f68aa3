// One entry's templates and paths, split once.
#pragma once

#include "catalog/compiled.h"

namespace statewire {

// The result borrows `spec`. An error where a template or path of it is none.
Result<CompiledEntry> compile_entry(const EntrySpec& spec);
Result<TypeRule> compile_type(const TypeSpec& spec);

}  // namespace statewire
