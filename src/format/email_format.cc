// A mail as people read it. The HTML is what mail programs understand: tables, and styles beside
// each element; the style sheet in the head only turns colours where a program is dark, and is
// lost without harm elsewhere.
#include <algorithm>
#include <span>

#include "base/limits.h"
#include "base/text.h"
#include "format/clean_text.h"
#include "format/json.h"
#include "format/message_parts.h"
#include "format/sink_formats.h"

namespace statewire {
namespace {

struct Look {
  std::string_view bar;         // Of the strip above the card, and the badge's text.
  std::string_view background;  // Of the badge.
  std::string_view style;       // In the dark: a class of the style sheet.
};

Look look_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return {"#1a7f4b", "#e3f5ea", "good"};
    case Tone::busy:
      return {"#1f63c4", "#e5eefb", "busy"};
    case Tone::quiet:
      return {"#5b6472", "#eceef1", "quiet"};
    case Tone::warning:
      return {"#9a6200", "#fdf1d8", "warning"};
    case Tone::error:
      return {"#b42318", "#fde7e5", "error"};
  }
  CHECK(false);
}

constexpr std::string_view kFont =
    "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
constexpr std::string_view kMono =
    "font-family:SFMono-Regular,Consolas,'Liberation Mono',Menlo,monospace;";

constexpr std::string_view kStyleSheet = R"(<style>
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{text-decoration:none}
@media (max-width:640px){.card,.foot{width:100%!important}.row{display:block!important;text-align:left!important}.time{padding-top:8px!important}.pad{padding-left:20px!important;padding-right:20px!important}}
@media (prefers-color-scheme:dark){
.page{background-color:#14171c!important}.card{background-color:#1e232a!important;border-color:#2d343e!important}
.strong{color:#f2f4f7!important}.text{color:#d3d9e1!important}.faint{color:#95a0af!important}
.line{border-color:#2d343e!important}.button{background-color:#1d4ed8!important}
.link{color:#93c0ff!important}
.badge-good{background-color:#123524!important;color:#6ee7a8!important}
.badge-busy{background-color:#142d52!important;color:#93c0ff!important}
.badge-quiet{background-color:#2d343e!important;color:#b6c0cd!important}
.badge-warning{background-color:#3f2d06!important;color:#f7c65b!important}
.badge-error{background-color:#47150f!important;color:#ff9d94!important}
}
</style>)";

// Escaped, and a long path or ARN may be broken behind its dots and slashes, but no number.
std::string breakable(std::string_view text) {
  std::string out;
  size_t from = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if ((text[i] != '.' && text[i] != '/') || text[i + 1] == ' ') continue;
    const bool is_in_number = i > 0 && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (is_in_number) continue;
    out += escaped_html(text.substr(from, i + 1 - from)) + "<wbr>";
    from = i + 1;
  }
  return out + escaped_html(text.substr(from));
}

// Of several lines, each hangs by itself, so that one that is broken is no other line.
std::string in_lines(std::string_view text) {
  if (text.find('\n') == text.npos) return breakable(text);
  std::string out;
  for (size_t end = 0; end != text.npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find('\n');
    out += "<div style=\"padding-left:12px;text-indent:-12px;\">" + breakable(text.substr(0, end)) +
           "</div>";
  }
  return out;
}

class HtmlMail {
 public:
  explicit HtmlMail(const MessageParts& parts) : parts_(parts), look_(look_of(parts.tone)) {}

  std::string take() {
    head();
    title();
    counts();
    facts();
    links();
    foot();
    return std::move(html_);
  }

 private:
  template <typename... Pieces>
  void add(const Pieces&... pieces) {
    (html_.append(pieces), ...);
  }

  void head() {
    add("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
        "<meta name=\"color-scheme\" content=\"light dark\">",
        "<meta name=\"supported-color-schemes\" content=\"light dark\"><title>",
        escaped_html(parts_.line), "</title>", kStyleSheet, "</head>\n");
    add("<body class=\"page\" style=\"margin:0;padding:0;background-color:#f3f4f6;\">");
    // Mail programs show this beside the subject in their lists.
    add("<div style=\"display:none;max-height:0;overflow:hidden;\">", escaped_html(parts_.news),
        " &#8199;&#847;</div>\n");
    add("<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" ",
        "cellspacing=\"0\" border=\"0\" bgcolor=\"#f3f4f6\" ",
        "style=\"background-color:#f3f4f6;\"><tr><td align=\"center\" ",
        "style=\"padding:28px 12px;\">\n<table role=\"presentation\" class=\"card\" ",
        "width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" bgcolor=\"#ffffff\" ",
        "style=\"width:600px;max-width:100%;background-color:#ffffff;border:1px solid #e1e4e8;",
        "border-radius:8px;border-collapse:separate;overflow:hidden;\">\n");
    add("<tr><td height=\"5\" bgcolor=\"", look_.bar, "\" style=\"height:5px;line-height:5px;",
        "font-size:0;background-color:", look_.bar, ";border-radius:7px 7px 0 0;\">&nbsp;",
        "</td></tr>\n");
  }

  void title() {
    add("<tr><td class=\"pad\" style=\"padding:26px 32px 0 32px;", kFont, "\">",
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" ",
        "border=\"0\"><tr><td class=\"row\" align=\"left\" style=\"", kFont,
        "\"><span class=\"badge-", look_.style,
        "\" style=\"display:inline-block;padding:4px 11px;border-radius:999px;",
        "background-color:", look_.background, ";color:", look_.bar, ";font-size:12px;",
        "line-height:16px;font-weight:600;letter-spacing:.02em;\">", escaped_html(parts_.badge),
        "</span></td><td class=\"faint row time\" align=\"right\" style=\"", kFont,
        "font-size:13px;line-height:18px;color:#6b7280;\">", parts_.time, parts_.late,
        "</td></tr></table></td></tr>\n");
    add("<tr><td class=\"pad strong\" style=\"padding:16px 32px 0 32px;", kFont,
        "font-size:21px;line-height:28px;font-weight:600;color:#111827;",
        "overflow-wrap:anywhere;word-break:break-word;\">", breakable(parts_.title),
        "</td></tr>\n");
    if (!parts_.counts.empty()) return;  // They say it, in a table.
    add("<tr><td class=\"pad text\" style=\"padding:8px 32px 22px 32px;", kFont,
        "font-size:16px;line-height:24px;color:#374151;overflow-wrap:anywhere;",
        "word-break:break-word;\">", breakable(parts_.news), "</td></tr>\n");
  }

  // What is more than news stands first, and is marked.
  void counts() {
    if (parts_.counts.empty()) return;
    add("<tr><td class=\"pad\" style=\"padding:14px 32px 8px 32px;\"><table width=\"100%\" ",
        "cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\n");
    for (const MessageCount& each : parts_.counts) {
      const std::string_view cell = "padding:8px 0;border-top:1px solid #e9ebee;line-height:20px;";
      add("<tr><td class=\"strong line\" width=\"64\" align=\"right\" valign=\"top\" style=\"",
          cell, kFont, "width:64px;font-size:14px;font-weight:600;color:#111827;\">",
          with_thousands(each.count), "</td><td class=\"text line\" valign=\"top\" style=\"", cell,
          kFont, "padding-left:16px;font-size:14px;color:#1f2937;overflow-wrap:anywhere;",
          "word-break:break-word;\">", breakable(each.what), "</td>");
      add("<td class=\"line\" align=\"right\" valign=\"top\" style=\"", cell, "\">");
      if (!each.severity.empty()) mark(each.severity);
      add("</td></tr>\n");
    }
    add("</table></td></tr>\n");
  }

  void mark(std::string_view severity) {
    const Look look = look_of(severity == "error" ? Tone::error : Tone::warning);
    add("<span class=\"badge-", look.style, "\" style=\"display:inline-block;margin-left:12px;",
        "padding:0 9px;border-radius:999px;background-color:", look.background, ";color:", look.bar,
        ";", kFont, "font-size:12px;line-height:20px;font-weight:600;white-space:nowrap;\">",
        severity, "</span>");
  }

  void facts() {
    if (parts_.facts.empty()) return;
    add("<tr><td class=\"pad\" style=\"padding:0 32px 8px 32px;\"><table role=\"presentation\" ",
        "width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\n");
    for (const MessageFact& fact : parts_.facts) {
      const std::string_view font = fact.label == "Resource" ? kMono : kFont;
      add("<tr><td class=\"faint line\" width=\"92\" valign=\"top\" style=\"width:92px;",
          "padding:9px 12px 9px 0;border-top:1px solid #e9ebee;", kFont,
          "font-size:13px;line-height:20px;color:#6b7280;\">", fact.label,
          "</td><td class=\"text line\" valign=\"top\" style=\"padding:9px 0;",
          "border-top:1px solid #e9ebee;", font,
          "font-size:", fact.label == "Resource" ? "12px" : "14px",
          ";line-height:20px;color:#1f2937;overflow-wrap:anywhere;word-break:break-word;\">",
          in_lines(fact.value), "</td></tr>\n");
    }
    add("</table></td></tr>\n");
  }

  // The first is a button; the others stand beside it as plain links.
  void links() {
    if (parts_.links.empty()) return;
    add("<tr><td class=\"pad\" style=\"padding:12px 32px 16px 32px;\">",
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>",
        "<td class=\"button\" bgcolor=\"#1f2937\" style=\"background-color:#1f2937;",
        "border-radius:6px;\">");
    link(parts_.links.front(), "button-link", "padding:10px 18px;color:#ffffff");
    add("</td></tr></table>");
    for (const MessageLink& other : std::span(parts_.links).subspan(1)) {
      add("<div style=\"padding-top:10px;\">");
      link(other, "link", "color:#1d4ed8");
      add("</div>");
    }
    add("</td></tr>\n");
  }

  void link(const MessageLink& link, std::string_view style, std::string_view look) {
    add("<a class=\"", style, "\" href=\"", escaped_html(link.url),
        "\" style=\"display:inline-block;", kFont, "font-size:14px;line-height:20px;",
        "font-weight:600;text-decoration:none;", look, ";\">", escaped_html(link.title), "</a>");
  }

  void foot() {
    add("<tr><td height=\"12\" style=\"height:12px;line-height:12px;font-size:0;\">&nbsp;</td>",
        "</tr></table>\n<table role=\"presentation\" class=\"foot\" width=\"600\" ",
        "cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"width:600px;max-width:100%;\">",
        "<tr><td class=\"pad faint\" align=\"left\" style=\"padding:16px 32px 0 32px;", kFont,
        "font-size:12px;line-height:18px;color:#4b5563;\">", escaped_html(parts_.origin), "<br>",
        parts_.why.empty() ? "Sent by Statewire" : escaped_html(parts_.why),
        "</td></tr></table>\n</td></tr></table></body></html>\n");
  }

  const MessageParts& parts_;
  const Look look_;
  std::string html_;
};

// The numbers right-aligned; an empty line behind them.
std::string plain_counts(std::span<const MessageCount> counts) {
  size_t width = 0;
  for (const MessageCount& each : counts) {
    width = std::max(width, with_thousands(each.count).size());
  }
  std::string text;
  for (const MessageCount& each : counts) {
    const std::string number = with_thousands(each.count);
    text.append(width - number.size(), ' ').append(number).append("  ").append(each.what);
    if (!each.severity.empty()) text.append("  (").append(each.severity).append(")");
    text.append("\n");
  }
  return counts.empty() ? text : text + "\n";
}

// "warning · changed: encrypted by bob". What both say is said once: "stopped", "taken back: …".
std::string headline(const MessageParts& parts) {
  const std::string_view badge = parts.badge;
  if (!parts.counts.empty() || badge.ends_with(parts.news)) return parts.badge;
  const size_t dot = badge.rfind(" · ");
  const size_t last = dot == badge.npos ? 0 : dot + std::string_view(" · ").size();
  std::string_view news = parts.news;
  if (news.starts_with("is ")) news.remove_prefix(3);
  if (!news.starts_with(badge.substr(last))) return parts.badge + ": " + parts.news;
  return std::string(badge.substr(0, last)).append(news);
}

std::string plain_mail(const MessageParts& parts) {
  constexpr size_t kLabelWidth = 11;
  std::string text = parts.title + "\n" + headline(parts);
  text += "\n\n" + plain_counts(parts.counts);
  const auto add = [&](std::string_view label, std::string_view value) {
    text.append(label).append(kLabelWidth - label.size(), ' ');
    for (const char c : value) {
      text.push_back(c);
      if (c == '\n') text.append(kLabelWidth, ' ');
    }
    text.append("\n");
  };
  add("Time", parts.time + parts.late);
  for (const MessageFact& fact : parts.facts) add(fact.label, fact.value);
  add("Event", parts.origin);
  for (const MessageLink& link : parts.links) text += "\n" + link.title + ":\n" + link.url + "\n";
  return text + "\n-- \n" + (parts.why.empty() ? "Sent by Statewire" : parts.why) + "\n";
}

}  // namespace

void append_mail(const Notification& notification, const InnerMessage& inner, std::string& out) {
  const MessageParts parts = parts_of(notification);
  std::string resource;
  append_clean(resource, notification.resource.id);
  std::string data;
  append_flat_json(notification, data);
  JsonWriter json(out);
  json.begin_object();
  json.text("subject", shortened_between_words(parts.line, kEmailLineCharactersMax));
  if (inner.is_given() && !is_blank(inner.text)) {
    inner.is_html() ? json.text("html", inner.text) : json.text("text", inner.text);
  } else {
    json.text("text", plain_mail(parts));
    json.text("html", HtmlMail(parts).take());
  }
  json.text("resource", resource);
  json.raw("data", data);
  json.end_object();
}

}  // namespace statewire
