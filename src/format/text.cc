#include "base/limits.h"
#include "format/clean_text.h"
#include "format/message.h"

namespace statewire {
namespace {

// Columns with the space after them. What is wider moves the rest of its line.
constexpr size_t kWordWidth = 15;
constexpr size_t kSubjectWidth = 44;
constexpr size_t kRegionWidth = 11;

// Spaces up to `width`, `from` being where the column began. At least one.
void pad(size_t from, size_t width, std::string& out) {
  const size_t used = display_width(std::string_view(out).substr(from));
  out.append(used < width ? width - used : 1, ' ');
}

}  // namespace

void append_text(const Notification& notification, std::string& out) {
  char time[32];
  format_time(notification.time, time);
  out.append(notification.is_untimed ? "--:--:--" : std::string_view(time + 11, 8)).append("  ");

  size_t from = out.size();
  const bool is_transition = notification.kind == NotificationKind::transition;
  out.append(is_transition ? name_of(notification.phase) : name_of(notification.kind));
  pad(from, kWordWidth, out);

  from = out.size();
  Words subject;
  add_subject(notification, subject);
  subject.limit(kSubjectCharactersMax);
  subject.append_to(out);
  pad(from, kSubjectWidth, out);

  from = out.size();
  append_clean(out, notification.resource.region);
  pad(from, kRegionWidth, out);

  Words news;
  add_news(notification, is_transition ? NewsBeside::phase : NewsBeside::kind, news);
  news.limit(kMessageCharactersMax);
  news.append_to(out);
}

}  // namespace statewire
