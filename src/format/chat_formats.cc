#include <algorithm>

#include "base/ids.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/message_parts.h"
#include "format/sink_formats.h"

namespace statewire {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// https://docs.slack.dev/messaging/formatting-message-text: these three, and no others.
std::string slack_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string_view slack_mark(Tone tone) {
  switch (tone) {
    case Tone::good:
      return ":large_green_circle:";
    case Tone::busy:
      return ":large_blue_circle:";
    case Tone::quiet:
      return ":white_circle:";
    case Tone::warning:
      return ":large_yellow_circle:";
    case Tone::error:
      return ":red_circle:";
  }
  CHECK(false);
}

std::string slack_markdown(std::string_view text) {
  return R"({"type":"mrkdwn","verbatim":true,"text":)" + json_string(text) + "}";
}

std::string slack_fields(const MessageParts& parts) {
  std::string fields;
  size_t count = 0;
  for (const MessageFact& fact : parts.facts) {
    if (count++ == kSlackFieldsMax) break;
    const std::string value = slack_escaped(shortened(fact.value, kSlackFieldCharactersMax));
    fields +=
        (fields.empty() ? "" : ",") + slack_markdown("*" + std::string(fact.label) + "*\n" + value);
  }
  return fields;
}

std::string slack_context(const Notification& notification, const MessageParts& parts) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(notification.time.time_since_epoch());
  std::string text = "<!date^" + std::to_string(std::max<int64_t>(seconds.count(), 0)) +
                     "^{date_short_pretty} {time_secs}|" + parts.time + ">  ·  " +
                     slack_escaped(shortened(parts.origin, kSlackOriginCharactersMax));
  for (const MessageLink& link : parts.links) {
    text += "  ·  <" + slack_escaped(link.url) + "|" + slack_escaped(link.title) + ">";
  }
  return text;
}

// Teams shows a subset of Markdown: what would be taken for it gets a backslash.
std::string teams_escaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_mark = std::string_view("\\`*[]~<>|").find(c) != std::string_view::npos;
    const bool begins_block =
        out.empty() && std::string_view("#-+=").find(c) != std::string_view::npos;
    const auto is_word = [&](size_t at) {
      return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
    };
    const bool is_emphasis = c == '_' && !(i > 0 && is_word(i - 1) && is_word(i + 1));
    if (is_mark || begins_block || is_emphasis) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

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

std::string teams_text(std::string_view text, std::string_view more) {
  return R"({"type":"TextBlock","wrap":true,"text":)" + json_string(text) + std::string(more) + "}";
}

std::string teams_body(const MessageParts& parts) {
  const TeamsLook look = teams_look(parts.tone);
  const std::string colour = R"(,"color":")" + std::string(look.text) + "\"";
  std::string body =
      R"({"type":"Container","style":")" + std::string(look.container) +
      R"(","bleed":true,"items":[)" +
      teams_text(parts.badge, R"(,"size":"Small","weight":"Bolder","spacing":"None")" + colour) +
      "," +
      teams_text(teams_escaped(parts.title),
                 R"(,"size":"Large","weight":"Bolder","spacing":"None")") +
      "," + teams_text(teams_escaped(parts.news), R"(,"spacing":"Small")") + "]}";
  body += R"(,{"type":"FactSet","facts":[)";
  for (const MessageFact& fact : parts.facts) {
    if (&fact != &parts.facts.front()) body += ",";
    body += R"({"title":)" + json_string(fact.label) + R"(,"value":)" +
            json_string(teams_escaped(shortened(fact.value, kTeamsFactCharactersMax))) + "}";
  }
  body += "]}," + teams_text(teams_escaped(parts.time + " · " + parts.origin),
                             R"(,"size":"Small","isSubtle":true)");
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

void append_slack_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out) {
  if (inner.input == SinkFormInput::own && inner.is_json()) {
    out += inner.text;
    return;
  }
  const MessageParts parts = parts_of(notification);
  const std::string line = slack_escaped(parts.line);
  if (inner.is_given()) {
    const std::string text = slack_escaped(shortened(inner.text, kSlackTextCharactersMax));
    out += R"({"text":)" + json_string(inner.is_json() ? "```" + text + "```" : text) + "}";
    return;
  }
  out += R"({"text":)" + json_string(line) + R"(,"blocks":[{"type":"section","text":)" +
         slack_markdown(std::string(slack_mark(parts.tone)) + "  *" +
                        slack_escaped(shortened(parts.title, kSlackTitleCharactersMax)) + "*\n" +
                        slack_escaped(shortened(parts.news, kSlackNewsCharactersMax)));
  if (!parts.facts.empty()) {
    out += R"(},{"type":"section","fields":[)" + slack_fields(parts) + "]";
  }
  out += R"(},{"type":"context","elements":[)" +
         slack_markdown(slack_context(notification, parts)) + "]}]}";
}

void append_teams_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out) {
  if (inner.input == SinkFormInput::own && inner.is_json()) {
    out += inner.text;
    return;
  }
  const MessageParts parts = parts_of(notification);
  out += R"({"type":"message","summary":)" + json_string(shortened(parts.line, 500)) +
         R"(,"attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":)"
         R"({"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard",)"
         R"("version":"1.4","fallbackText":)" +
         json_string(shortened(parts.line, 500)) + R"(,"msteams":{"width":"Full"},"body":[)";
  if (inner.is_given()) {
    out += teams_text(teams_escaped(shortened(inner.text, kTeamsTextCharactersMax)),
                      inner.is_json() ? R"(,"fontType":"Monospace")" : "") +
           "]";
  } else {
    out += teams_body(parts) + "]" + teams_actions(parts);
  }
  out += "}}]}";
}

}  // namespace statewire
