// A filter like grep, and its exit status is that of grep: 0 where something matched, 1 where
// nothing did, 2 where there was an error, whatever matched.
#include "cli/commands.h"
#include "cli/match_events.h"

namespace statewire {
namespace {

constexpr ExitCode kMatched = ExitCode::well;
constexpr ExitCode kNothing = ExitCode::failed;
constexpr ExitCode kMatchError = ExitCode::usage;

std::string fault_of(const Invocation& invocation) {
  if (invocation.has("--pattern") == invocation.has("--patterns")) {
    return "match wants either --pattern or --patterns";
  }
  if (invocation.has("--aws") && !invocation.has("--check")) return "--aws goes with --check";
  const int ways =
      invocation.has("--count") + invocation.has("--explain") + invocation.has("--check");
  return ways > 1 ? "--count, --explain and --check exclude each other" : "";
}

EventMatcher::Wanted wanted_of(const Invocation& invocation) {
  if (invocation.has("--count")) return EventMatcher::Wanted::counts;
  if (invocation.has("--explain")) return EventMatcher::Wanted::explanations;
  return EventMatcher::Wanted::events;
}

// False: one of them could not be read to its end.
bool match_files(std::vector<std::string> files, EventMatcher& matcher, Terminal& terminal) {
  if (files.empty()) files = {"-"};
  bool is_well = true;
  for (const std::string& file : files) {
    Result<EventInput> input = EventInput::open(file, terminal.streams().in);
    const Result<bool> matched = input ? matcher.match(*input) : input.error();
    if (!matched) {
      terminal.complain(matched.error().text);
      is_well = false;
    } else if (!*matched) {
      break;
    }
  }
  matcher.finish();
  return is_well;
}

}  // namespace

ExitCode run_match(const Invocation& invocation, Terminal& terminal) {
  if (const std::string fault = fault_of(invocation); !fault.empty()) {
    terminal.complain(fault);
    return kMatchError;
  }
  Problems problems;
  const PatternLimits limits =
      invocation.has("--aws") ? PatternLimits::of_event_bridge() : PatternLimits{};
  const NamedPatterns patterns =
      invocation.has("--pattern") ? read_pattern(invocation.text("--pattern"), limits, problems)
                                  : read_patterns(invocation.text("--patterns"), limits, problems);
  if (!problems.ok()) {
    terminal.write_error(problems.to_text());
    return kMatchError;
  }
  if (invocation.has("--check")) {
    const size_t count = patterns.patterns.size();
    terminal.write(std::to_string(count) + (count == 1 ? " pattern" : " patterns") +
                   ", no errors\n");
    return kMatched;
  }
  EventMatcher matcher({.patterns = patterns,
                        .wanted = wanted_of(invocation),
                        .write =
                            [&](std::string_view text) {
                              terminal.write_data(text);
                              return terminal.has_reader();
                            },
                        .complain = [&](std::string text) { terminal.tell(text); }});
  const bool is_well = match_files(invocation.texts("FILES"), matcher, terminal);
  if (!is_well || matcher.unreadable() > 0 || !terminal.write_failure().empty()) return kMatchError;
  return matcher.has_matched() ? kMatched : kNothing;
}

}  // namespace statewire
