#include "base/limits.h"
#include "format/clean_text.h"
#include "format/message.h"

namespace statewire {
namespace {

// Columns with the space after them. What is wider moves the rest of its line.
constexpr size_t kWordWidth = 15;
constexpr size_t kSubjectWidth = 44;
constexpr size_t kAccountWidth = 14;
constexpr size_t kRegionWidth = 11;

// Spaces up to `width`, `from` being where the column began. At least one.
void pad(size_t from, size_t width, std::string& out) {
  const size_t used = display_width(std::string_view(out).substr(from));
  out.append(used < width ? width - used : 1, ' ');
}

// Colours of ANSI terminals; nothing where it is as usual.
std::string_view colour_of(const Notification& notification) {
  if (notification.severity >= kError || notification.kind == NotificationKind::failed) {
    return "\x1b[31m";
  }
  if (notification.kind != NotificationKind::transition) return {};
  switch (notification.phase) {
    case Phase::stable:
      return "\x1b[32m";
    case Phase::degraded:
      return "\x1b[31m";
    case Phase::stopped:
    case Phase::gone:
      return "\x1b[2m";
    case Phase::unknown:
      return {};
    default:
      return "\x1b[33m";
  }
}

struct TextLook {
  bool has_date = false;
  bool has_colour = false;
};

void append_time(const Notification& notification, TextLook look, std::string& out) {
  char time[32];
  format_time(notification.time, time);
  if (look.has_date) out.append(time, 10).append(" ");
  out.append(notification.is_untimed ? "--:--:--" : std::string_view(time + 11, 8)).append("  ");
}

void append_line_of(const Notification& notification, TextLook look, std::string& out) {
  append_time(notification, look, out);
  const bool is_transition = notification.kind == NotificationKind::transition;
  const std::string_view word =
      is_transition ? name_of(notification.phase) : name_of(notification.kind);
  const std::string_view colour = look.has_colour ? colour_of(notification) : std::string_view();
  out.append(colour).append(word).append(colour.empty() ? "" : "\x1b[0m");
  out.append(word.size() < kWordWidth ? kWordWidth - word.size() : 1, ' ');

  size_t from = out.size();
  Words subject;
  add_subject(notification, subject);
  subject.limit(kSubjectCharactersMax);
  subject.append_to(out);
  pad(from, kSubjectWidth, out);

  if (const std::string_view account = account_told(notification); !account.empty()) {
    from = out.size();
    append_clean(out, account);
    pad(from, kAccountWidth, out);
  }

  from = out.size();
  append_clean(out, region_told(notification));
  pad(from, kRegionWidth, out);

  Words news;
  add_news(notification, is_transition ? NewsBeside::phase : NewsBeside::kind, news);
  news.limit(kMessageCharactersMax);
  news.append_to(out);
}

}  // namespace

void append_text(const Notification& notification, std::string& out) {
  append_line_of(notification, {}, out);
}

void append_dated_text(const Notification& notification, std::string& out) {
  append_line_of(notification, {.has_date = true}, out);
}

void append_coloured_text(const Notification& notification, std::string& out) {
  append_line_of(notification, {.has_date = true, .has_colour = true}, out);
}

}  // namespace statewire
