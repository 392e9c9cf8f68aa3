#include "sinks/mail_message.h"

#include <algorithm>

#include "base/base64.h"
#include "base/check.h"
#include "base/ids.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr size_t kHeaderLineMax = 76;
constexpr size_t kBodyLineMax = 76;
// Bytes that one encoded word holds: with the name of its header it fits a line.
constexpr size_t kWordBytesMax = 39;
constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_plain_header(std::string_view text) {
  return text.find("=?") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Breaks at blanks: a line that follows begins with one.
std::string folded(std::string_view name, std::string_view text) {
  std::string out(name);
  out += ':';
  size_t width = out.size();
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const bool begins = width == name.size() + 1;
    if (!begins && !word.empty() && width + 1 + word.size() > kHeaderLineMax) {
      out += "\r\n";
      width = 0;
    }
    out.append(" ").append(word);
    width += 1 + word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + "\r\n";
}

std::string id_of(std::string_view tag, std::string_view what) {
  const auto hash = hash128(tag, {what});
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

// "Mon, 23 Nov 2026 09:00:12 +0000"
std::string mail_date(Time time) {
  const time_t seconds = static_cast<time_t>(to_ns(time) / 1'000'000'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d +0000", kDays[utc.tm_wday],
                utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text;
}

std::string part(std::string_view content_type, std::string_view text) {
  return "Content-Type: " + std::string(content_type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(text);
}

std::string body_of(const MailContent& content) {
  if (content.html.empty()) return part("text/plain", content.text);
  if (content.text.empty()) return part("text/html", content.html);
  // "=_" stands in no quoted-printable text, so that no part holds the boundary.
  const std::string boundary = "=_" + content.key;
  return "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n--" +
         boundary + "\r\n" + part("text/plain", content.text) + "\r\n--" + boundary + "\r\n" +
         part("text/html", content.html) + "\r\n--" + boundary + "--\r\n";
}

std::string from_header(const MailSender& from) {
  const std::string address = "<" + from.address + ">";
  if (from.name.empty()) return folded("From", address);
  if (is_plain_header(from.name)) return folded("From", "\"" + from.name + "\" " + address);
  std::string header = encoded_header("From", from.name);
  header.resize(header.size() - 2);
  return header + "\r\n " + address + "\r\n";
}

std::string to_header(const std::vector<std::string>& to) {
  std::string list;
  for (const std::string& address : to) list += (list.empty() ? "" : ", ") + address;
  return folded("To", list);
}

}  // namespace

std::string encoded_header(std::string_view name, std::string_view text) {
  if (is_plain_header(text)) return folded(name, text);
  std::string words;
  while (!text.empty()) {
    const std::string_view piece = cut_utf8(text, kWordBytesMax);
    CHECK(!piece.empty());
    words += (words.empty() ? "" : " ") + ("=?UTF-8?B?" + base64_encoded(piece) + "?=");
    text.remove_prefix(piece.size());
  }
  return folded(name, words);
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  size_t width = 0;
  const auto put = [&](std::string_view piece) {
    if (width + piece.size() > kBodyLineMax - 1) {
      out += "=\r\n";
      width = 0;
    }
    out += piece;
    width += piece.size();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r') continue;
    if (c == '\n') {
      out += "\r\n";
      width = 0;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool is_blank = c == ' ' || c == '\t';
    const bool is_literal = is_blank ? !ends_line : byte > 0x20 && byte < 0x7f && c != '=';
    // A line of "From " or "." alone is what some servers change.
    const bool is_risky = width == 0 && (c == '.' || c == 'F');
    if (is_literal && !is_risky) {
      put({&c, 1});
    } else {
      put(std::string{'=', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

std::string mail_message(const MailContent& content) {
  const std::string domain = content.from.address.substr(content.from.address.find('@') + 1);
  const std::string thread =
      "<" + id_of("mail thread", content.subscription + "\n" + content.thread) + "@" + domain + ">";
  std::string out = "Date: " + mail_date(content.date) + "\r\n";
  out += from_header(content.from);
  out += to_header(content.to);
  out += encoded_header("Subject", content.subject);
  out += "Message-ID: <" + content.key + "@" + domain + ">\r\n";
  out += "X-Statewire-Id: " + content.id + "\r\n";
  // All mails about one resource answer a first one that was never sent: programs show them
  // together.
  out += "In-Reply-To: " + thread + "\r\nReferences: " + thread + "\r\n";
  out += folded("List-Id",
                content.subscription + " <" + content.subscription + ".statewire." + domain + ">");
  out += "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n";
  out += "MIME-Version: 1.0\r\n";
  return out + body_of(content);
}

}  // namespace statewire
