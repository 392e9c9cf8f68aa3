// The kinds of sources. A new one is a pair of files and a line here.
#include <array>

#include "sources/file_source.h"
#include "sources/schedule_source.h"
#include "sources/source.h"
#include "sources/sqs_source.h"
#include "sources/stdin_source.h"

namespace statewire {
namespace {

const std::array kKinds{&file_source_kind, &schedule_source_kind, &sqs_source_kind,
                        &stdin_source_kind};

}  // namespace

std::span<const SourceKind* const> source_kinds() { return kKinds; }

const SourceKind* find_source_kind(std::string_view name) {
  for (const SourceKind* kind : kKinds) {
    if (kind->name == name) return kind;
  }
  return nullptr;
}

}  // namespace statewire
