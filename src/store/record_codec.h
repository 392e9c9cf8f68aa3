// Records as values of the resources family; see block.h for the public forms.
#pragma once

#include "model/record.h"
#include "store/wire.h"

namespace statewire {

// Appends; format byte first.
void append_record(const Record& record, ByteWriter& out);

}  // namespace statewire
