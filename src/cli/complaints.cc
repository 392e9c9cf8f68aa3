#include "cli/complaints.h"

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

// The reason without its numbers, and without what stands in quotes.
std::string kind_of_reason(std::string_view reason) {
  std::string kind;
  bool is_quoted = false;
  for (const char c : reason.substr(0, kRepeatedTextBytesMax)) {
    if (c == '"') is_quoted = !is_quoted;
    if (!is_quoted && (c < '0' || c > '9')) kind += c;
  }
  return kind;
}

}  // namespace

void Complaints::add(std::string_view place, std::string_view reason) {
  std::string name = kind_of_reason(reason);
  // Of kinds there may be as many, and then they are one.
  if (kinds_.size() >= kComplaintsMax && !kinds_.contains(name)) name.clear();
  Kind& kind = kinds_[std::move(name)];
  if (kind.count == 0) kind.first = reason;
  if (++kind.count <= kComplaintsMax) tell_(std::string(place) + ": " + std::string(reason));
}

void Complaints::finish() {
  for (const auto& [name, kind] : kinds_) {
    if (kind.count <= kComplaintsMax) continue;
    const std::string more = with_thousands(kind.count - kComplaintsMax);
    tell_("… and " + more + " more " + (name.empty() ? "of other kinds" : "like: " + kind.first));
  }
  kinds_.clear();
}

}  // namespace statewire
