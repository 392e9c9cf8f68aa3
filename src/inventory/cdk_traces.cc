// A frame of a stack is "new ShopStack (/srv/shop/lib/shop-stack.ts:14:18)", or the place alone.
// The folder of the code is another one wherever it was synthesised: places are told from the
// folder that all of them share.
#include "inventory/cdk_traces.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include "base/dom_text.h"
#include "base/limits.h"
#include "config/read_file.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;
using simdjson::dom::object;

// What others wrote, and not who uses CDK: packages, Node.js itself, the bridge to other languages.
constexpr std::string_view kOfOthers[] = {
    "/node_modules/", "node:",           "internal/", "jsii-kernel",
    "jsii-runtime",   "/site-packages/", "..."};

// Digits at the end, after a colon, are taken off.
std::optional<uint32_t> take_number(std::string_view& text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos || colon + 1 == text.size()) return std::nullopt;
  uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  text = text.substr(0, colon);
  return number;
}

std::optional<CodePlace> place_of(std::string_view frame) {
  if (const size_t open = frame.rfind('('); open != frame.npos && frame.ends_with(')')) {
    frame = frame.substr(open + 1, frame.size() - open - 2);
  }
  if (frame.starts_with("file://")) frame.remove_prefix(7);
  const auto is_in = [&](std::string_view word) { return frame.find(word) != frame.npos; };
  if (std::ranges::any_of(kOfOthers, is_in)) return std::nullopt;
  const std::optional<uint32_t> last = take_number(frame);
  if (!last) return std::nullopt;
  const std::optional<uint32_t> before = take_number(frame);  // Else it has no column.
  if (frame.empty()) return std::nullopt;
  return CodePlace{.file = std::string(frame), .line = before.value_or(*last)};
}

class AssemblyReader {
 public:
  explicit AssemblyReader(fs::path folder) : folder_(std::move(folder)) {}
  CdkTraces read();

 private:
  void read_artifact(const object& artifact);
  void read_metadata(const object& metadata, TracedPlaces& places);
  std::optional<CodePlace> place_in(element frames);
  void shorten(TracedPlaces& places) const;

  const fs::path folder_;
  CdkTraces traces_;
  std::set<std::string> folders_;  // Of all places, also of outer frames.
};

// The innermost one; all are seen.
std::optional<CodePlace> AssemblyReader::place_in(element frames) {
  simdjson::dom::array all;
  if (frames.get_array().get(all)) return std::nullopt;
  std::optional<CodePlace> first;
  for (const element each : all) {
    std::optional<CodePlace> place = place_of(text_of(each));
    if (!place) continue;
    folders_.insert(fs::path(place->file).parent_path().generic_string());
    if (!first) first = std::move(place);
  }
  return first;
}

void AssemblyReader::read_metadata(const object& metadata, TracedPlaces& places) {
  for (const auto& [path, list] : metadata) {
    simdjson::dom::array entries;
    if (list.get_array().get(entries)) continue;
    std::string_view logical_id;
    std::optional<CodePlace> place;
    for (const element entry : entries) {
      const std::string_view type = text_of(entry["type"]);
      element frames;
      if (type == "aws:cdk:logicalId") {
        logical_id = text_of(entry["data"]);
        if (!place && !entry["trace"].get(frames)) place = place_in(frames);
      } else if (type == "aws:cdk:creationStack" && !entry["data"].get(frames)) {
        place = place_in(frames);
      }
    }
    if (!logical_id.empty() && place) places.insert_or_assign(std::string(logical_id), *place);
  }
}

void AssemblyReader::read_artifact(const object& artifact) {
  const std::string_view file = text_of(artifact["properties"]["templateFile"]);
  if (text_of(artifact["type"]) != "aws:cloudformation:stack" || file.empty()) return;
  TracedPlaces& places = traces_.by_template[std::string(file)];
  object metadata;
  if (!artifact["metadata"].get_object().get(metadata)) read_metadata(metadata, places);
  // A name without a folder: nothing outside of the assembly is read.
  const fs::path more(text_of(artifact["additionalMetadataFile"]));
  if (more.empty() || more != more.filename()) return;
  const Result<std::string> text = read_file((folder_ / more).string(), kCodeFileBytesMax);
  simdjson::dom::parser parser;
  if (text && !parser.parse(*text).get_object().get(metadata)) read_metadata(metadata, places);
}

void AssemblyReader::shorten(TracedPlaces& places) const {
  fs::path shared;
  for (const std::string& folder : folders_) {
    if (shared.empty()) shared = folder;
    while (!shared.empty() && shared != shared.parent_path()) {
      const fs::path below = fs::path(folder).lexically_relative(shared);
      if (!below.empty() && *below.begin() != "..") break;
      shared = shared.parent_path();
    }
  }
  for (auto& [id, place] : places) {
    const fs::path below = fs::path(place.file).lexically_relative(shared);
    if (!below.empty() && *below.begin() != "..") place.file = below.generic_string();
  }
}

CdkTraces AssemblyReader::read() {
  const Result<std::string> text =
      read_file((folder_ / "manifest.json").string(), kCodeFileBytesMax);
  simdjson::dom::parser parser;
  object artifacts;
  if (!text || parser.parse(*text)["artifacts"].get_object().get(artifacts)) return {};
  for (const auto& [name, each] : artifacts) {
    object artifact;
    if (!each.get_object().get(artifact)) read_artifact(artifact);
  }
  TracedPlaces of_all;
  std::set<std::string> several;
  for (auto& [file, places] : traces_.by_template) {
    shorten(places);
    for (const auto& [id, place] : places) {
      const auto [there, is_new] = of_all.emplace(id, place);
      const bool is_same = there->second.file == place.file && there->second.line == place.line;
      if (!is_new && !is_same) several.insert(id);
    }
  }
  for (const std::string& id : several) of_all.erase(id);
  traces_.by_template[""] = std::move(of_all);
  return std::move(traces_);
}

}  // namespace

const CodePlace* CdkTraces::find(std::string_view template_file,
                                 std::string_view logical_id) const {
  auto places = by_template.find(template_file);
  if (places == by_template.end()) places = by_template.find("");
  if (places == by_template.end()) return nullptr;
  const auto place = places->second.find(logical_id);
  return place == places->second.end() ? nullptr : &place->second;
}

CdkTraces read_cdk_traces(const fs::path& assembly) { return AssemblyReader(assembly).read(); }

}  // namespace statewire
