// Deliveries as lines on a descriptor, and what became of each.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "sinks/sink.h"
#include "sinks/writers.h"

namespace statewire {

// The payload and a line feed. Line breaks inside it, which renderers do not make, become a blank
// in JSON and an escape elsewhere: one delivery is one line.
void append_line(std::string& lines, const Delivery& delivery);
// The format's first line, where it has one.
void append_header(std::string& lines, const Delivery& delivery);

// Has `write` make the attempts of a batch on the writer's thread. Where it is not wanted any more,
// each is to be tried again.
void run_batch(Writer& writer, std::span<const Delivery> batch, Completion done,
               std::function<std::vector<Attempt>(std::span<const Delivery>)> write);

// Delivered for each line that ends within the `bytes_written`; `otherwise` for the rest.
// `line_ends` are offsets behind the line feeds.
std::vector<Attempt> attempts_for(std::span<const size_t> line_ends, size_t bytes_written,
                                  const Attempt& otherwise);

}  // namespace statewire
