// Bytes as a configuration, read in every way there is. Nothing may crash, and nothing may be
// refused without a reason.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "config/document.h"
#include "config/json.h"
#include "config/map_reader.h"

namespace statewire {
namespace {

std::optional<std::string> variable(const std::string& name) {
  if (name == "A") return "off";
  return std::nullopt;
}

void read_scalar(const Node& node) {
  constexpr std::string_view kWords[] = {"now", "earliest"};
  node.text();
  node.boolean();
  node.integer(-10, 10);
  node.duration();
  node.bytes();
  node.one_of(kWords);
  node.file_path();
}

void read_map(const Node& node) {
  MapReader reader(node);
  reader.required("sink");
  reader.optional("when");
  reader.finish();
}

// Everything below `node`; a path leads back to what it is the path of.
void read_all(const Node& root, const Node& node) {
  read_scalar(node);
  CHECK(root.descend(node.path()).path() == node.path());
  CHECK(node.position().line >= 1 && node.position().column >= 1);
  if (node.is_map()) read_map(node);
  for (const Node& child : node.is_map() ? node.entries() : node.items()) {
    CHECK(child.exists());
    read_all(root, child);
  }
}

}  // namespace
}  // namespace statewire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace statewire;
  Problems problems;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto document = Document::parse("fuzz.yaml", text, problems, variable);
  CHECK(document || !problems.ok());
  if (document) {
    const std::string json = to_json(document->root());
    CHECK(is_utf8(json));
    // Aliases can make much of little; reading all of that would only be slow.
    if (json.size() < 64 << 10) read_all(document->root(), document->root());
  }
  problems.to_text();
  problems.to_json();
  return 0;
}
