// What a webhook of Teams is sent: an adaptive card. Names of others stand in runs of text, where
// nothing is taken for Markdown. Teams refuses what is longer than 28 KB as it is sent, so that
// texts are bounded by bytes. https://adaptivecards.io/explorer/TextRun.html
#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"
#include "format/clean_text.h"
#include "format/message_parts.h"
#include "format/sink_formats.h"

namespace statewire {
namespace {

struct TeamsLook {
  std::string_view container;
  std::string_view text;
};

TeamsLook teams_look(Tone tone) {
  switch (tone) {
    case Tone::good:
      return {"good", "Good"};
    case Tone::busy:
      return {"accent", "Accent"};
    case Tone::quiet:
      return {"emphasis", "Default"};
    case Tone::warning:
      return {"warning", "Warning"};
    case Tone::error:
      return {"attention", "Attention"};
  }
  CHECK(false);
}

struct TeamsStyle {
  std::string_view size;  // Empty where it is the usual one.
  bool is_bold = false;
  bool is_subtle = false;
  bool is_monospace = false;
  std::string_view colour = {};
};

constexpr TeamsStyle kPlain{};
constexpr TeamsStyle kLabel{.size = {}, .is_bold = true};
constexpr TeamsStyle kMonospace{.size = {}, .is_monospace = true};

void teams_run(std::string_view text, const TeamsStyle& style, JsonWriter& json) {
  json.begin_object();
  json.word("type", "TextRun");
  json.text("text", text);
  if (!style.size.empty()) json.word("size", style.size);
  if (style.is_bold) json.word("weight", "Bolder");
  if (style.is_subtle) json.boolean("isSubtle", true);
  if (!style.colour.empty()) json.word("color", style.colour);
  if (style.is_monospace) json.word("fontType", "Monospace");
  json.end_object();
}

// A line of text by itself, of the runs that `runs` writes; `spacing` is to what is above, empty
// where it is the usual one.
template <typename Runs>
void teams_block(std::string_view spacing, JsonWriter& json, Runs runs) {
  json.begin_object();
  json.word("type", "RichTextBlock");
  json.begin_array("inlines");
  runs();
  json.end_array();
  if (!spacing.empty()) json.word("spacing", spacing);
  json.end_object();
}

void teams_line(std::string_view text, const TeamsStyle& style, std::string_view spacing,
                JsonWriter& json) {
  teams_block(spacing, json, [&] { teams_run(text, style, json); });
}

void teams_headline(const MessageParts& parts, JsonWriter& json) {
  const TeamsLook look = teams_look(parts.tone);
  json.begin_object();
  json.word("type", "Container");
  json.word("style", look.container);
  json.boolean("bleed", true);
  json.begin_array("items");
  teams_line(parts.badge, {.size = "Small", .is_bold = true, .colour = look.text}, "None", json);
  teams_line(bounded(parts.title, kTeamsTitleBytesMax), {.size = "Large", .is_bold = true}, "None",
             json);
  teams_line(bounded(parts.news, kTeamsNewsBytesMax), kPlain, "Small", json);
  json.end_array();
  json.end_object();
}

void teams_body(const MessageParts& parts, JsonWriter& json) {
  teams_headline(parts, json);
  for (const MessageFact& fact : parts.facts) {
    teams_block(&fact == &parts.facts.front() ? "" : "Small", json, [&] {
      teams_run(std::string(fact.label) + "  ", kLabel, json);
      teams_run(bounded(on_one_line(fact.value), kTeamsFactBytesMax),
                fact.label == "Resource" ? kMonospace : kPlain, json);
    });
  }
  const TeamsStyle small = {.size = "Small", .is_subtle = true};
  teams_line(bounded(parts.time + parts.late + " · " + parts.origin, kTeamsFactBytesMax), small, "",
             json);
  if (!parts.why.empty()) {
    teams_line(bounded(parts.why, kTeamsFactBytesMax), small, "None", json);
  }
}

// Each line in a block of its own; the last has what is left.
void teams_lines(std::string_view given, const TeamsStyle& style, JsonWriter& json) {
  const std::string text = bounded(given, kTeamsTextBytesMax);
  std::string_view rest = text;
  for (size_t lines = 0; !rest.empty(); ++lines) {
    const size_t end = lines + 1 < kTeamsLinesMax ? rest.find('\n') : std::string_view::npos;
    std::string line;
    append_clean(line, rest.substr(0, end));
    rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
    if (is_blank(line)) line = "\xc2\xa0";  // A block without text is none.
    teams_line(line, style, "None", json);
  }
}

void teams_actions(const MessageParts& parts, JsonWriter& json) {
  if (parts.links.empty()) return;
  json.begin_array("actions");
  for (const MessageLink& link : parts.links) {
    json.begin_object();
    json.word("type", "Action.OpenUrl");
    json.text("title", link.title);
    json.text("url", link.url);
    json.end_object();
  }
  json.end_array();
}

void teams_card(const MessageParts& parts, const InnerMessage& inner, std::string_view line,
                JsonWriter& json) {
  json.begin_object();
  json.word("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  json.word("type", "AdaptiveCard");
  json.word("version", "1.4");
  json.text("fallbackText", line);
  json.begin_object("msteams");
  json.word("width", "Full");
  json.end_object();
  const bool is_own = inner.is_given() && !is_blank(inner.text);
  json.begin_array("body");
  if (is_own) {
    teams_lines(inner.text, inner.is_json() ? kMonospace : kPlain, json);
  } else {
    teams_body(parts, json);
  }
  json.end_array();
  if (!is_own) teams_actions(parts, json);
  json.end_object();
}

}  // namespace

void append_teams_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out) {
  if (inner.input == SinkFormInput::own && inner.is_json()) {
    out += inner.text;
    return;
  }
  const MessageParts parts = parts_of(notification);
  const std::string line = bounded(parts.line, kTeamsSummaryBytesMax);
  JsonWriter json(out);
  json.begin_object();
  json.word("type", "message");
  json.text("summary", line);
  json.begin_array("attachments");
  json.begin_object();
  json.word("contentType", "application/vnd.microsoft.card.adaptive");
  json.key("content");
  teams_card(parts, inner, line, json);
  json.end_object();
  json.end_array();
  json.end_object();
}

}  // namespace statewire
