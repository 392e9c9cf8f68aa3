// Appends each delivery as a line to a file.
//
// Delivered means on the disk: each batch is synced once, before its completion. A line that was
// cut, by a full disk or a crash, is taken back, so that readers see whole lines only.
#pragma once

#include <memory>
#include <string>

#include "sinks/sink.h"

namespace statewire {

struct FileSinkOptions {
  std::string path;
  // Before a line that would make the file longer than this, it becomes path.1, what was path.1
  // becomes path.2, and so on; nothing is deleted. 0: never.
  uint64_t rotate_bytes = 0;
};

std::unique_ptr<Sink> make_file_sink(FileSinkOptions options);

extern const SinkKind file_sink_kind;

}  // namespace statewire
