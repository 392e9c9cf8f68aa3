// What mail, chat and paging services read: a message for each kind of sink that has a form of its
// own.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "format/format.h"

namespace statewire {

// What such a message is made from.
enum class SinkFormInput {
  none,  // The notification alone.
  text,  // The message of a built-in format, shown as text.
  own,   // The message of the organisation's own format; if it is JSON, chats get it unchanged.
};

struct InnerMessage {
  std::string_view text;
  std::string_view content_type;
  SinkFormInput input = SinkFormInput::none;

  bool is_json() const { return content_type.find("json") != std::string_view::npos; }
  bool is_html() const { return content_type.find("html") != std::string_view::npos; }
  bool is_given() const { return input != SinkFormInput::none; }
};

struct SinkFormKind {
  std::string_view name;  // Of the format, and of the kind of sink that reads it.
  std::string_view content_type;
  void (*append)(const Notification& notification, const InnerMessage& inner, std::string& out);
};

std::span<const SinkFormKind> sink_form_kinds();

// `inner` is null if the input is none; else it must outlive the result.
std::unique_ptr<Format> make_sink_format(const SinkFormKind& kind, const Format* inner,
                                         SinkFormInput input);

// A mail: {"subject", "text" or "html" or both, "resource", "data": what patterns see}.
constexpr std::string_view kMailContentType = "application/vnd.statewire.mail+json";
void append_mail(const Notification& notification, const InnerMessage& inner, std::string& out);
// Body of an incoming webhook of Slack.
// https://docs.slack.dev/reference/block-kit/blocks
void append_slack_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out);
// Body of an incoming webhook of Teams: an adaptive card.
// https://adaptivecards.io/explorer
void append_teams_message(const Notification& notification, const InnerMessage& inner,
                          std::string& out);
// An event of PagerDuty's Events API v2 without its routing key. Where there is nothing to page
// for, `event_action` is "none", and the sink sends nothing.
// https://developer.pagerduty.com/docs/events-api-v2/trigger-events
void append_pagerduty_event(const Notification& notification, const InnerMessage& inner,
                            std::string& out);

}  // namespace statewire
