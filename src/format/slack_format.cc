// What an incoming webhook of Slack is sent. Names of others stand in rich text, where nothing is
// taken for markup, an emoji or a call for somebody.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
#include <algorithm>

#include "base/ids.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "format/message_parts.h"
#include "format/sink_formats.h"

namespace statewire {
namespace {

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
      return "large_green_circle";
    case Tone::busy:
      return "large_blue_circle";
    case Tone::quiet:
      return "white_circle";
    case Tone::warning:
      return "large_yellow_circle";
    case Tone::error:
      return "red_circle";
  }
  CHECK(false);
}

enum class SlackStyle { plain, bold, code };

void slack_text(std::string_view text, JsonWriter& json, SlackStyle style = SlackStyle::plain) {
  json.begin_object();
  json.word("type", "text");
  json.text("text", text);
  if (style != SlackStyle::plain) {
    json.begin_object("style");
    style == SlackStyle::bold ? json.boolean("bold", true) : json.boolean("code", true);
    json.end_object();
  }
  json.end_object();
}

template <typename Elements>
void slack_rich(std::string_view form, JsonWriter& json, Elements elements) {
  json.begin_object();
  json.word("type", "rich_text");
  json.begin_array("elements");
  json.begin_object();
  json.word("type", form);
  json.begin_array("elements");
  elements();
  json.end_array();
  json.end_object();
  json.end_array();
  json.end_object();
}

void slack_headline(const MessageParts& parts, JsonWriter& json) {
  json.begin_object();
  json.word("type", "emoji");
  json.word("name", slack_mark(parts.tone));
  json.end_object();
  slack_text("  ", json);
  slack_text(shortened(parts.title, kSlackTitleCharactersMax), json, SlackStyle::bold);
  slack_text("\n" + shortened(parts.news, kSlackNewsCharactersMax), json);
}

void slack_facts(const MessageParts& parts, JsonWriter& json) {
  for (const MessageFact& fact : parts.facts) {
    if (&fact != &parts.facts.front()) slack_text("\n", json);
    slack_text(std::string(fact.label) + "  ", json, SlackStyle::bold);
    slack_text(shortened(on_one_line(fact.value), kSlackFieldCharactersMax), json,
               fact.label == "Resource" ? SlackStyle::code : SlackStyle::plain);
  }
}

void slack_markdown(std::string_view text, JsonWriter& json) {
  json.begin_object();
  json.word("type", "mrkdwn");
  json.boolean("verbatim", true);
  json.text("text", text);
  json.end_object();
}

// When, in the reader's own zone; where it comes from; links.
void slack_context(const Notification& notification, const MessageParts& parts, JsonWriter& json) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(notification.time.time_since_epoch());
  json.begin_object();
  json.word("type", "context");
  json.begin_array("elements");
  slack_markdown(notification.is_untimed
                     ? parts.time + parts.late
                     : "<!date^" + std::to_string(std::max<int64_t>(seconds.count(), 0)) +
                           "^{date_short_pretty} {time_secs}|" + parts.time + ">" + parts.late,
                 json);
  json.begin_object();
  json.word("type", "plain_text");
  json.boolean("emoji", false);
  json.text("text", shortened(parts.origin, kSlackOriginCharactersMax));
  json.end_object();
  if (!parts.why.empty()) {
    json.begin_object();
    json.word("type", "plain_text");
    json.boolean("emoji", false);
    json.text("text", shortened(parts.why, kSlackOriginCharactersMax));
    json.end_object();
  }
  for (const MessageLink& link : parts.links) {
    slack_markdown("<" + slack_escaped(link.url) + "|" + slack_escaped(link.title) + ">", json);
  }
  json.end_array();
  json.end_object();
}

// What an organisation renders as text may have markup on purpose.
void slack_own_text(std::string_view text, JsonWriter& json) {
  json.begin_object();
  json.text("text", slack_escaped(shortened(text, kSlackTextCharactersMax)));
  json.end_object();
}

void slack_blocks(const Notification& notification, const MessageParts& parts, JsonWriter& json) {
  slack_rich("rich_text_section", json, [&] { slack_headline(parts, json); });
  if (!parts.facts.empty()) {
    slack_rich("rich_text_section", json, [&] { slack_facts(parts, json); });
  }
  slack_context(notification, parts, json);
}

}  // namespace

void append_slack_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out) {
  if (inner.input == SinkFormInput::own && inner.is_json()) {
    out += inner.text;
    return;
  }
  const bool has_text = inner.is_given() && !is_blank(inner.text);
  JsonWriter json(out);
  if (has_text && inner.input == SinkFormInput::own) return slack_own_text(inner.text, json);
  const MessageParts parts = parts_of(notification);
  json.begin_object();
  json.boolean("mrkdwn", false);
  // Notices and old programs show this; others show the blocks.
  json.text("text", slack_escaped(parts.line));
  json.begin_array("blocks");
  if (has_text) {
    slack_rich("rich_text_preformatted", json,
               [&] { slack_text(shortened(inner.text, kSlackBlockCharactersMax), json); });
  } else {
    slack_blocks(notification, parts, json);
  }
  json.end_array();
  json.end_object();
}

}  // namespace statewire
