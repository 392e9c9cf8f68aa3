// `catalog suggest`: a draft of an entry for a kind of event that no entry knows.
#include "base/time.h"
#include "catalog/recogniser.h"
#include "catalog/suggest.h"
#include "cli/catalog_of.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/each_event.h"
#include "cli/reply.h"

namespace statewire {
namespace {

struct WantedKind {
  std::string source;  // "aws.glue"
  std::string type;
};

// "aws.glue/CreateThing", "glue/CreateThing" and "glue.amazonaws.com/CreateThing" are one.
std::optional<WantedKind> read_kind(const std::string& text) {
  constexpr std::string_view kEnd = ".amazonaws.com";
  const size_t slash = text.find('/');
  if (slash == text.npos || slash == 0 || slash + 1 == text.size()) return std::nullopt;
  WantedKind kind{text.substr(0, slash), text.substr(slash + 1)};
  if (kind.source.ends_with(kEnd)) kind.source.resize(kind.source.size() - kEnd.size());
  if (kind.source.find('.') == kind.source.npos) kind.source.insert(0, "aws.");
  return kind;
}

// The first event of a kind that is looked at.
class Sample {
 public:
  Sample(const Catalog& catalog, WantedKind wanted)
      : wanted_(std::move(wanted)), recogniser_(catalog) {}

  void look_at(simdjson::dom::element event, std::string_view bytes) {
    if (!text_.empty()) return;
    arena_.clear();
    observations_.clear();
    const Origin origin =
        recogniser_.recognise(event, bytes, SystemClock().now(), arena_, observations_).origin;
    if (origin.source == wanted_.source && origin.type == wanted_.type) text_ = bytes;
  }
  void look_at_row(JsonElement row) {
    simdjson::dom::parser parser;
    simdjson::dom::element event;
    const std::string sample = text_at(row, "sample");
    if (parser.parse(sample).get(event) == simdjson::SUCCESS) return look_at(event, sample);
    is_cut_ = is_cut_ || text_at(row, "origin_type") == wanted_.type;
  }
  const std::string& text() const { return text_; }
  bool is_cut() const { return is_cut_; }  // One was seen that is not kept whole.

 private:
  const WantedKind wanted_;
  Recogniser recogniser_;
  Arena arena_;
  std::vector<Observation> observations_;
  std::string text_;
  bool is_cut_ = false;
};

ExitCode look_into_ledger(const Invocation& invocation, Sample& sample, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    for (const Result<std::string>& json : {client.unrecognised(), client.refusals()}) {
      const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
      if (!reply) return fail(reply.error(), terminal);
      for (const JsonElement row : items_at(reply->root(), "")) sample.look_at_row(row);
    }
    return ExitCode::well;
  });
}

ExitCode write_draft(const Sample& sample, const std::string& kind, Terminal& terminal) {
  if (sample.text().empty()) {
    terminal.complain(sample.is_cut() ? "the ledger keeps such events in part only: name a file "
                                        "that has one with --of"
                                      : "no event of such a kind was seen: " + kind);
    return ExitCode::failed;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element event;
  CHECK(parser.parse(sample.text()).get(event) == simdjson::SUCCESS);
  const Result<std::string> draft = suggest_entry(event, sample.text());
  if (!draft) return fail(draft.error(), terminal);
  terminal.write(
      "# A draft out of one event: look it over, and keep it in a folder of `catalog:`.\n" +
      *draft);
  return ExitCode::well;
}

}  // namespace

ExitCode run_catalog_suggest(const Invocation& invocation, Terminal& terminal) {
  const std::string name = invocation.text("KIND");
  const std::optional<WantedKind> wanted = read_kind(name);
  if (!wanted) {
    terminal.complain("a kind is SOURCE/TYPE, as aws.glue/CreateThing: " + name);
    return ExitCode::usage;
  }
  const std::shared_ptr<const Catalog> catalog = catalog_of(invocation, terminal);
  if (catalog == nullptr) return ExitCode::bad_config;
  Sample sample(*catalog, *wanted);
  if (invocation.has("--of")) {
    (void)each_event(invocation.texts("--of"), terminal,
                     [&](const ParsedEvent& event) { sample.look_at(event.element, event.bytes); });
  } else {
    const ExitCode code = look_into_ledger(invocation, sample, terminal);
    if (code != ExitCode::well) return code;
  }
  return write_draft(sample, name, terminal);
}

}  // namespace statewire
