#include "api/tail_wish.h"

#include <charconv>

#include "api/parameters.h"
#include "base/text.h"
#include "route/when.h"

namespace statewire {
namespace {

std::optional<uint64_t> parse_sequence(std::string_view text) {
  uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<uint64_t> read_from(const std::string& from, std::string_view last_id, const Store& store) {
  if (const auto last = parse_sequence(last_id); last && *last < UINT64_MAX) return *last + 1;
  if (from.empty() || from == "now") return store.last_sequence() + 1;
  if (from == "earliest") return store.first_sequence();
  if (const auto sequence = parse_sequence(from)) return *sequence;
  return bad_input("from must be now, earliest or the number of a sequence");
}

// `reader`: "terminal" or "coloured-terminal", where a person looks at lines of text.
Result<const Format*> read_format(const std::string& name, const std::string& reader,
                                  const Formats& formats) {
  const std::string wanted = name.empty() ? "json" : name;
  if (!reader.empty() && reader != "terminal" && reader != "coloured-terminal") {
    return bad_input("for must be terminal or coloured-terminal");
  }
  if (const Format* const format = formats.find_for_sink(wanted, reader)) return format;
  const std::string_view near = nearest(wanted, formats.names());
  std::string text = "there is no format \"" + wanted + "\"";
  if (!near.empty()) text.append("; did you mean \"").append(near).append("\"?");
  return bad_input(std::move(text));
}

Result<Pattern> read_when(const std::string& json) {
  if (json.empty()) return Pattern::everything();
  auto compiled = Pattern::compile(json);
  if (const auto* error = std::get_if<PatternError>(&compiled)) {
    return bad_input("when" + (error->path.empty() ? "" : "." + error->path) + ": " + error->text);
  }
  const Pattern& pattern = std::get<Pattern>(compiled);
  if (std::string wrong = wrong_field(pattern); !wrong.empty()) return bad_input("when." + wrong);
  return pattern;
}

}  // namespace

Result<TailWish> read_tail_wish(const HttpRequestHead& head,
                                std::shared_ptr<const Snapshot> snapshot, const Store& store) {
  const Parameters parameters(head.query(), "when format for from");
  if (Result<void> checked = parameters.check(); !checked) return checked.error();
  Result<Pattern> when = read_when(parameters.text("when"));
  if (!when) return when.error();
  const Result<const Format*> format =
      read_format(parameters.text("format"), parameters.text("for"), *snapshot->formats);
  if (!format) return format.error();
  const Result<uint64_t> from =
      read_from(parameters.text("from"), head.header("last-event-id"), store);
  if (!from) return from.error();
  TailWish wish;
  wish.when = *std::move(when);
  wish.format = *format;
  wish.snapshot = std::move(snapshot);
  wish.from = *from;
  return wish;
}

}  // namespace statewire
