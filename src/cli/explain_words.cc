#include "cli/explain_words.h"

#include "cli/list.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

// "cause and tags, at most 10m"
std::string wait_text(JsonElement verdict) {
  std::string text;
  for (const JsonElement what : items_at(verdict, "hold.for")) {
    if (!text.empty()) text += " and ";
    text += text_at(what, "");
  }
  return text.empty() ? text : text + ", at most " + text_at(verdict, "hold.at_most");
}

// What became of a delivery, or of its part for some: "settled", "waits until 09:31: http 503".
std::string part_text(JsonElement part) {
  std::string text = text_at(part, "outcome");
  if (text == "settled") text = "settled (sent, or dropped by hand; when is not kept)";
  if (const std::string until = text_at(part, "until"); !until.empty()) {
    text += " until " + short_time(until);
  }
  if (const std::string parked = text_at(part, "parked_at"); !parked.empty()) {
    text += ", parked at " + short_time(parked) + " if it goes on to fail";
  }
  const std::string detail = text_at(part, "detail");
  return detail.empty() ? text : text + ": " + detail;
}

// A line each, where some of the recipients have another outcome.
void add_parts(JsonElement verdict, size_t indent, Labelled& lines) {
  for (const JsonElement part : items_at(verdict, "parts")) {
    std::string who = text_at(part, "recipients");
    for (size_t at = who.find(','); at != who.npos; at = who.find(',', at + 2)) {
      who.insert(at + 1, " ");
    }
    if (who.empty()) who = "all others";
    lines.add("", std::string(indent, ' ') + who + ": " + part_text(part));
  }
}

// What became of a delivery: "yes: settled", "yes: parked: http 422", "no: …".
std::string outcome_text(JsonElement verdict, const std::string& outcome) {
  if (!is_true_at(verdict, "matches") && outcome == "settled") {
    return "no: " + text_at(verdict, "why");
  }
  if (outcome == "not for it") return "no: " + text_at(verdict, "detail");
  std::string text = "yes: " + part_text(verdict);
  if (const std::string known = text_at(verdict, "cause_known"); !known.empty()) {
    text += "; by its cause, which came at " + short_time(known);
  }
  if (const uint64_t with = number_at(verdict, "told_with"); with > 0) {
    text += "; told with sequence " + std::to_string(with);
  }
  return text;
}

// "yes", "yes, after waiting for cause, at most 10m", "waits for …; as it is, no: …", "no: …".
std::string verdict_text(JsonElement verdict) {
  if (const std::string outcome = text_at(verdict, "outcome"); !outcome.empty()) {
    return outcome_text(verdict, outcome);
  }
  const bool is_wanted = is_true_at(verdict, "matches");
  const std::string wait = wait_text(verdict);
  std::string text = is_wanted ? "yes" : "no: " + text_at(verdict, "why");
  if (!wait.empty()) {
    text =
        is_wanted ? "yes, after waiting for " + wait : "waits for " + wait + "; as it is, " + text;
  }
  if (const std::string at_most = text_at(verdict, "group.at_most"); !at_most.empty()) {
    text += "; in one message with all of its deployment, after " + at_most + " at most";
  }
  if (const uint64_t per_hour = number_at(verdict, "per_hour"); per_hour > 0) {
    text += "; above " + std::to_string(per_hour) + " an hour one message counts the rest";
  }
  return text;
}

}  // namespace

void Labelled::add(std::string_view label, std::string_view value) {
  std::string padded(label);
  padded.resize(std::max<size_t>(label.size() + 1, 12), ' ');
  text_ += terminal_.tinted(padded, Tint::faint);
  append_clean(text_, value);
  text_ += '\n';
}

std::string joined_parts(std::initializer_list<std::string> parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

std::string cause_line(JsonElement cause) {
  const std::string kind = text_at(cause, "kind");
  if (kind == "unknown") return "cause unknown";
  std::string call = text_at(cause, "call");
  if (!call.empty()) call = "from " + call;
  const std::string who =
      joined_parts({text_at(cause, "actor"), text_at(cause, "tool"), call}, ", ");
  const std::string line = "cause " + kind + " (" + text_at(cause, "confidence") + ")";
  return who.empty() ? line : line + ": " + who;
}

bool add_verdicts(JsonElement of, std::string_view label, Labelled& lines) {
  simdjson::dom::object verdicts;
  const bool has_verdicts =
      find_at(of, "notifications").get(verdicts) == simdjson::SUCCESS && verdicts.size() > 0;
  if (!has_verdicts) return false;
  size_t name_width = 0;
  size_t format_width = 0;
  for (const auto verdict : verdicts) {
    name_width = std::max(name_width, verdict.key.size());
    format_width = std::max(format_width, text_at(verdict.value, "format").size());
  }
  for (const auto verdict : verdicts) {
    std::string line(verdict.key);
    line.resize(name_width + 3, ' ');
    line += text_at(verdict.value, "format");
    line.resize(name_width + 3 + format_width + 3, ' ');
    lines.add(label, line + verdict_text(verdict.value));
    label = "";
    add_parts(verdict.value, name_width + 3, lines);
  }
  return true;
}

void add_removed(JsonElement of, Labelled& lines) {
  simdjson::dom::object removed;
  if (find_at(of, "removed_subscriptions").get(removed) != simdjson::SUCCESS) return;
  for (const auto verdict : removed) {
    lines.add("",
              std::string(verdict.key) + "   not configured any more: " + part_text(verdict.value));
    add_parts(verdict.value, verdict.key.size() + 3, lines);
  }
}

}  // namespace statewire
