#include "cli/progress_line.h"

#include <fmt/format.h>

#include "base/text.h"

namespace statewire {
namespace {

constexpr uint64_t kBarCells = 20;

std::string bar(const Progress& bytes) {
  const uint64_t full = bytes.done * kBarCells / std::max<uint64_t>(bytes.total, 1);
  std::string text;
  for (uint64_t i = 0; i < kBarCells; ++i) text += i < full ? "█" : "░";
  return text;
}

}  // namespace

std::string progress_text(const SourceProgress& source, Duration elapsed) {
  if (source.is_over && source.events == 0 && source.bytes.total > 0) {
    return fmt::format("{:<12} nothing new: it was read before", source.name);
  }
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const uint64_t total = std::max<uint64_t>(source.bytes.total, 1);
  const std::string end = source.is_over ? fmt::format("done in {:.1f} s", seconds)
                                         : fmt::format("{} %", source.bytes.done * 100 / total);
  return fmt::format("{:<12} {:>14}  {}  {}", source.name, counted(source.events, "event"),
                     bar(source.is_over ? Progress{1, 1} : source.bytes), end);
}

// The line that moves leaves the cursor at its beginning: what another sink prints to the same
// terminal takes its place.
std::string ProgressLine::text(std::span<const SourceProgress> sources, Time now) {
  std::string text;
  const SourceProgress* moving = nullptr;
  for (const SourceProgress& source : sources) {
    if (source.is_over && over_.insert(source.name).second) {
      text += "\x1b[K" + progress_text(source, now - start_) + "\n";
    }
    const bool has_begun = source.bytes.total > 0;
    if (!source.is_over && has_begun && moving == nullptr) moving = &source;
  }
  if (moving != nullptr) text += "\x1b[K" + progress_text(*moving, now - start_) + "\r";
  return text;
}

}  // namespace statewire
