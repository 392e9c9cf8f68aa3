// What an incoming webhook of Slack is sent. Names of others stand in rich text, where nothing is
// taken for markup, an emoji or a call for somebody.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
#include <algorithm>

#include "base/ids.h"
#include "base/limits.h"
#include "base/text.h"
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

// `style` is a member with a comma before it, or nothing.
std::string slack_text(std::string_view text, std::string_view style = "") {
  return R"({"type":"text","text":)" + json_string(text) + std::string(style) + "}";
}

constexpr std::string_view kBold = R"(,"style":{"bold":true})";
constexpr std::string_view kCode = R"(,"style":{"code":true})";

std::string slack_rich(std::string_view form, const std::string& elements) {
  return R"({"type":"rich_text","elements":[{"type":")" + std::string(form) + R"(","elements":[)" +
         elements + "]}]}";
}

std::string slack_headline(const MessageParts& parts) {
  return R"({"type":"emoji","name":")" + std::string(slack_mark(parts.tone)) + R"("},)" +
         slack_text("  ") + "," +
         slack_text(shortened(parts.title, kSlackTitleCharactersMax), kBold) + "," +
         slack_text("\n" + shortened(parts.news, kSlackNewsCharactersMax));
}

std::string slack_facts(const MessageParts& parts) {
  std::string elements;
  for (const MessageFact& fact : parts.facts) {
    if (!elements.empty()) elements += "," + slack_text("\n") + ",";
    elements += slack_text(std::string(fact.label) + "  ", kBold) + "," +
                slack_text(shortened(fact.value, kSlackFieldCharactersMax),
                           fact.label == "Resource" ? kCode : "");
  }
  return elements;
}

std::string slack_markdown(std::string_view text) {
  return R"({"type":"mrkdwn","verbatim":true,"text":)" + json_string(text) + "}";
}

// When, in the reader's own zone; where it comes from; links.
std::string slack_context(const Notification& notification, const MessageParts& parts) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(notification.time.time_since_epoch());
  std::string elements =
      slack_markdown("<!date^" + std::to_string(std::max<int64_t>(seconds.count(), 0)) +
                     "^{date_short_pretty} {time_secs}|" + parts.time + ">");
  elements += R"(,{"type":"plain_text","emoji":false,"text":)" +
              json_string(shortened(parts.origin, kSlackOriginCharactersMax)) + "}";
  for (const MessageLink& link : parts.links) {
    elements +=
        "," + slack_markdown("<" + slack_escaped(link.url) + "|" + slack_escaped(link.title) + ">");
  }
  return elements;
}

// What an organisation renders as text may have markup on purpose.
std::string slack_own_text(std::string_view text) {
  return R"({"text":)" + json_string(slack_escaped(shortened(text, kSlackTextCharactersMax))) + "}";
}

}  // namespace

void append_slack_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out) {
  if (inner.input == SinkFormInput::own && inner.is_json()) {
    out += inner.text;
    return;
  }
  const bool has_text = inner.is_given() && !is_blank(inner.text);
  if (has_text && inner.input == SinkFormInput::own) {
    out += slack_own_text(inner.text);
    return;
  }
  const MessageParts parts = parts_of(notification);
  // Notices and old programs show this; others show the blocks.
  out += R"({"mrkdwn":false,"text":)" + json_string(slack_escaped(parts.line)) + R"(,"blocks":[)";
  if (has_text) {
    const std::string text = shortened(inner.text, kSlackBlockCharactersMax);
    out += slack_rich("rich_text_preformatted", slack_text(text)) + "]}";
    return;
  }
  out += slack_rich("rich_text_section", slack_headline(parts));
  if (!parts.facts.empty()) out += "," + slack_rich("rich_text_section", slack_facts(parts));
  out += R"(,{"type":"context","elements":[)" + slack_context(notification, parts) + "]}]}";
}

}  // namespace statewire
