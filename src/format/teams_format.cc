// What a webhook of Teams is sent: an adaptive card. Names of others stand in runs of text, where
// nothing is taken for Markdown. Teams refuses what is longer than 28 KB as it is sent, so that
// texts are bounded by bytes. https://adaptivecards.io/explorer/TextRun.html
#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
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

// A line of text by itself; `style` is of its runs, `more` of the block.
std::string teams_block(const std::string& runs, std::string_view more) {
  return R"({"type":"RichTextBlock","inlines":[)" + runs + "]" + std::string(more) + "}";
}

std::string teams_run(std::string_view text, std::string_view style) {
  return R"({"type":"TextRun","text":)" + json_string(text) + std::string(style) + "}";
}

constexpr std::string_view kClose = R"(,"spacing":"None")";
constexpr std::string_view kNear = R"(,"spacing":"Small")";
constexpr std::string_view kMonospace = R"(,"fontType":"Monospace")";

std::string teams_headline(const MessageParts& parts) {
  const TeamsLook look = teams_look(parts.tone);
  const std::string colour = R"(,"color":")" + std::string(look.text) + "\"";
  const std::string title = bounded(parts.title, kTeamsTitleBytesMax);
  const std::string news = bounded(parts.news, kTeamsNewsBytesMax);
  return R"({"type":"Container","style":")" + std::string(look.container) +
         R"(","bleed":true,"items":[)" +
         teams_block(teams_run(parts.badge, R"(,"size":"Small","weight":"Bolder")" + colour),
                     kClose) +
         "," + teams_block(teams_run(title, R"(,"size":"Large","weight":"Bolder")"), kClose) + "," +
         teams_block(teams_run(news, ""), kNear) + "]}";
}

std::string teams_body(const MessageParts& parts) {
  std::string body = teams_headline(parts);
  for (const MessageFact& fact : parts.facts) {
    const std::string value = bounded(fact.value, kTeamsFactBytesMax);
    body +=
        "," + teams_block(teams_run(std::string(fact.label) + "  ", R"(,"weight":"Bolder")") + "," +
                              teams_run(value, fact.label == "Resource" ? kMonospace : ""),
                          &fact == &parts.facts.front() ? "" : kNear);
  }
  const std::string origin = bounded(parts.time + " · " + parts.origin, kTeamsFactBytesMax);
  return body + "," + teams_block(teams_run(origin, R"(,"size":"Small","isSubtle":true)"), "");
}

// Each line in a block of its own; the last has what is left.
std::string teams_lines(std::string_view given, std::string_view style) {
  const std::string text = bounded(given, kTeamsTextBytesMax);
  std::string_view rest = text;
  std::string body;
  for (size_t lines = 0; !rest.empty(); ++lines) {
    const size_t end = lines + 1 < kTeamsLinesMax ? rest.find('\n') : std::string_view::npos;
    std::string line;
    append_clean(line, rest.substr(0, end));
    rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
    if (is_blank(line)) line = "\xc2\xa0";  // A block without text is none.
    body += (body.empty() ? "" : ",") + teams_block(teams_run(line, style), kClose);
  }
  return body;
}

std::string teams_actions(const MessageParts& parts) {
  std::string actions;
  for (const MessageLink& link : parts.links) {
    actions += (actions.empty() ? "" : ",") + std::string(R"({"type":"Action.OpenUrl","title":)") +
               json_string(link.title) + R"(,"url":)" + json_string(link.url) + "}";
  }
  return actions.empty() ? "" : R"(,"actions":[)" + actions + "]";
}

}  // namespace

void append_teams_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out) {
  if (inner.input == SinkFormInput::own && inner.is_json()) {
    out += inner.text;
    return;
  }
  const MessageParts parts = parts_of(notification);
  const std::string line = json_string(bounded(parts.line, kTeamsSummaryBytesMax));
  out += R"({"type":"message","summary":)" + line +
         R"(,"attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":)"
         R"({"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard",)"
         R"("version":"1.4","fallbackText":)" +
         line + R"(,"msteams":{"width":"Full"},"body":[)";
  if (inner.is_given() && !is_blank(inner.text)) {
    out += teams_lines(inner.text, inner.is_json() ? kMonospace : "") + "]";
  } else {
    out += teams_body(parts) + "]" + teams_actions(parts);
  }
  out += "}}]}";
}

}  // namespace statewire
