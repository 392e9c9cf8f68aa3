// `catalog why`: which entry or row recognises an event, and which ones it hides.
#include "base/text.h"
#include "base/time.h"
#include "catalog/recogniser.h"
#include "cli/catalog_of.h"
#include "cli/commands.h"
#include "cli/each_event.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

constexpr size_t kLabelWidth = 12;

class Lines {
 public:
  explicit Lines(const Terminal& terminal) : terminal_(terminal) {}
  void add(std::string label, std::string_view value) {
    label.resize(kLabelWidth, ' ');
    text_ += terminal_.tinted(label, Tint::faint);
    append_clean(text_, value);
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  const Terminal& terminal_;
  std::string text_;
};

// "cfn, sure: high"
std::string witness_of(const CatalogRow& row) {
  std::string text = row.from + ", sure: " + row.sure;
  if (!row.differs.empty()) text += "; another witness says: " + row.differs;
  return text;
}

// "ec2.amazonaws.com RunInstances" of a call's origin; empty of anything else.
std::string call_of(const Origin& origin) {
  constexpr std::string_view kAws = "aws.";
  if (!origin.source.starts_with(kAws)) return {};
  return std::string(origin.source.substr(kAws.size())) + ".amazonaws.com " +
         std::string(origin.type);
}

std::string explained(const Recognition& recognition, std::span<const Observation> observations,
                      std::span<const CatalogRow> rows, const Terminal& terminal) {
  Lines lines(terminal);
  lines.add("event",
            std::string(recognition.origin.source) + " · " + std::string(recognition.origin.type));
  std::string fate(name_of(recognition.fate));
  if (!recognition.reason.empty()) fate += ": " + std::string(recognition.reason);
  lines.add("fate", fate);
  const std::string call = call_of(recognition.origin);
  for (const CatalogRow& row : rows) {
    if (row.place != recognition.entry_place) continue;
    lines.add("by", row.place + " \"" + row.name + "\"");
    lines.add("says", row.effect + (row.type.empty() ? "" : " of " + row.type));
    if (!row.id.empty()) lines.add("id", row.id);
    lines.add("from", witness_of(row));
  }
  for (const Observation& each : observations) {
    lines.add("observed", std::string(each.resource.type) + "  " + std::string(each.resource.id));
  }
  for (const CatalogRow& row : rows) {
    if (row.place == recognition.entry_place || call.empty()) continue;
    if (row.match.find(call) == std::string::npos) continue;
    if (!row.match.ends_with(call) && row.match.find(call + ",") == std::string::npos) continue;
    lines.add("hides", row.place + " \"" + row.name + "\": " + row.effect + " of " + row.type);
  }
  return lines.take();
}

}  // namespace

ExitCode run_catalog_why(const Invocation& invocation, Terminal& terminal) {
  const std::shared_ptr<const Catalog> catalog = catalog_of(invocation, terminal);
  if (catalog == nullptr) return ExitCode::bad_config;
  std::vector<CatalogRow> rows = catalog->rows();
  for (CatalogRow& row : catalog->call_rows()) rows.push_back(std::move(row));
  Recogniser recogniser(*catalog);
  Arena arena;
  std::vector<Observation> observations;
  const SystemClock clock;
  size_t events = 0;
  const bool is_whole =
      each_event(invocation.texts("FILES"), terminal, [&](const ParsedEvent& event) {
        arena.clear();
        observations.clear();
        const Recognition recognition =
            recogniser.recognise(event.element, event.bytes, clock.now(), arena, observations);
        const std::string_view gap = events++ == 0 ? "" : "\n";
        terminal.write(std::string(gap) + explained(recognition, observations, rows, terminal));
      });
  if (events == 0) terminal.complain("there is no event");
  return is_whole && events > 0 ? ExitCode::well : ExitCode::failed;
}

}  // namespace statewire
