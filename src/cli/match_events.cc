#include "cli/match_events.h"

#include "base/json_writer.h"
#include "cli/terminal.h"
#include "sources/container.h"
#include "sources/value_end.h"

namespace statewire {
namespace {

constexpr std::string_view kCostsTooMuch =
    "matching it takes too many steps: it has too many values, or too long texts, in fields that "
    "many patterns ask for";

// 0 or 1, without a branch.
unsigned char is_joint(char end, char next) {
  const unsigned char ends = end == '}';
  const unsigned char begins = (next == '{') | (next == '\x1e') | (next == kByteOrderMark[0]);
  return ends & begins;
}

// Whether one value ends and another begins in it, without a blank between them. May say so of a
// text in quotes; never fails to. In blocks, which compilers do all at once.
bool may_have_joined_values(std::string_view text) {
  constexpr size_t kBlock = 64;
  unsigned char found = 0;
  size_t at = 0;
  for (; at + kBlock < text.size(); at += kBlock) {
    const char* const block = text.data() + at;
    unsigned char found_here = 0;
    for (size_t i = 0; i < kBlock; ++i) found_here |= is_joint(block[i], block[i + 1]);
    found |= found_here;
  }
  for (; at + 1 < text.size(); ++at) found |= is_joint(text[at], text[at + 1]);
  return found != 0;
}

// Other lines hold several events, or none: EventReader tells.
bool is_one_event(std::string_view line, bool may_be_joined) {
  return line.starts_with('{') && !may_be_container(line) &&
         !(may_be_joined && may_have_joined_values(line));
}

}  // namespace

EventMatcher::EventMatcher(Parts parts)
    : parts_(std::move(parts)),
      counts_(parts_.patterns.patterns.size()),
      // A filter takes whatever is JSON.
      reader_({.checks_cloud_events = false}),
      on_event_([this](const ParsedEvent& event) { take_parsed(event); }),
      on_unreadable_([this](const UnreadableEvent& event) { report(event); }) {
  out_.reserve(2 * kWriteBytes);
  for (const std::string& name : parts_.patterns.names) {
    quoted_names_.push_back(json_quoted(name));
  }
  for (uint32_t i = 0; i < counts_.size(); ++i) set_.add(i, parts_.patterns.patterns[i]);
  set_.seal();
}

Result<bool> EventMatcher::match(EventInput& input) {
  input_name_ = input.name();
  while (is_wanted_) {
    if (!input.is_ready()) flush();  // Whoever reads this need not wait for more.
    const Result<std::optional<PieceView>> piece = input.next();
    if (!piece) return piece.error();
    if (!*piece) break;
    if ((*piece)->is_lines && parts_.wanted != Wanted::explanations) {
      take_lines(**piece);
    } else {
      read((*piece)->text, (*piece)->begin.line);
    }
  }
  return is_wanted_;
}

void EventMatcher::take_lines(const PieceView& piece) {
  const simdjson::padded_string_view text(piece.text.data(), piece.text.size(),
                                          piece.text.size() + kPaddingBytes);
  LineMatches lines(set_, line_scratch_, text);
  const bool may_be_joined = may_have_joined_values(piece.text);
  while (is_wanted_ && lines.next()) {
    const std::string_view line = without_blanks(lines.line());
    const uint64_t number = piece.begin.line + lines.line_number() - 1;
    if (!lines.is_json() || !is_one_event(line, may_be_joined)) {
      read(line, number);
    } else if (lines.costs_too_much()) {
      report({.line = number, .reason = std::string(kCostsTooMuch)});
    } else if (!lines.ids().empty()) {
      take(line, lines.ids());
    }
    flush_if_large();
  }
}

void EventMatcher::read(std::string_view text, uint64_t line) {
  reader_.read(text, line, on_event_, on_unreadable_);
}

void EventMatcher::take_parsed(const ParsedEvent& event) {
  if (!is_wanted_) return;
  if (parts_.wanted == Wanted::explanations) {
    explain(event);
  } else {
    const auto ids = set_.match(event.element, scratch_);
    if (!ids) return report({.line = event.line, .reason = std::string(kCostsTooMuch)});
    if (ids->empty()) return;
    // In a document an event may go over several lines.
    const bool is_line = event.bytes.find('\n') == event.bytes.npos;
    take(is_line ? event.bytes : simdjson::minify(event.element), *ids);
  }
  flush_if_large();
}

void EventMatcher::take(std::string_view event, std::span<const uint32_t> ids) {
  has_matched_ = true;
  if (parts_.wanted == Wanted::counts) {
    for (const uint32_t id : ids) ++counts_[id];
    return;
  }
  if (quoted_names_.empty()) {
    out_.append(event).push_back('\n');
    return;
  }
  JsonWriter json(out_);
  json.begin_object();
  json.begin_array("names");
  for (const uint32_t id : ids) json.raw(quoted_names_[id]);
  json.end_array();
  json.raw("event", event);
  json.end_object();
  json.end_line();
}

void EventMatcher::explain(const ParsedEvent& event) {
  const std::vector<Pattern>& patterns = parts_.patterns.patterns;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const std::optional<Mismatch> mismatch = patterns[i].explain(event.element);
    if (!mismatch) {
      has_matched_ = true;
      continue;
    }
    out_.append(input_name_).append(":").append(std::to_string(event.line)).append(": ");
    if (!quoted_names_.empty()) out_.append(parts_.patterns.names[i]).append(": ");
    out_.append(mismatch->text).push_back('\n');
  }
}

// A reason may begin with the line, which is said already.
void EventMatcher::report(const UnreadableEvent& event) {
  ++unreadable_;
  const std::string number = std::to_string(event.line);
  std::string place = std::string(input_name_) + ":" + number;
  std::string_view reason = event.reason;
  if (reason.starts_with("line " + number)) {
    reason.remove_prefix(5 + number.size());
    constexpr std::string_view kColumn = ", column ";
    if (reason.starts_with(kColumn)) {
      reason.remove_prefix(kColumn.size());
      place += ":";
    }
  } else {
    place += ": ";
  }
  parts_.complain(place + std::string(reason));
}

void EventMatcher::flush_if_large() {
  if (out_.size() >= kWriteBytes) flush();
}

void EventMatcher::flush() {
  if (!out_.empty() && !parts_.write(out_)) is_wanted_ = false;
  out_.clear();
}

void EventMatcher::finish() {
  if (parts_.wanted == Wanted::counts) {
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (!quoted_names_.empty()) out_.append(parts_.patterns.names[i]).push_back('\t');
      out_.append(std::to_string(counts_[i])).push_back('\n');
    }
  }
  flush();
}

}  // namespace statewire
