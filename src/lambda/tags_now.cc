#include "lambda/tags_now.h"

#include <algorithm>

namespace statewire {
namespace {

// A look-up that is given up wakes nobody: it is asked for so often.
constexpr std::chrono::milliseconds kLookAgain(20);

}  // namespace

TagsNow::TagsNow(AwsClient& aws, const Clock& clock)
    : clock_(clock),
      lookup_(aws, clock, [this](const std::string& lines, const AwsTagLookup::Stored& stored) {
        // First: who is woken may want the same again, and what is still asked for is not asked.
        stored(true);
        take(lines);
      }) {}

void TagsNow::take(const std::string& lines) {
  Lock lock(mutex_);
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    const Result<AwsJson> event =
        AwsJson::parse(std::string_view(lines).substr(begin, end - begin));
    begin = end + 1;
    if (!event) continue;
    TagsOfResource& tags = found_[event->text("detail.resource-id")];
    for (const AwsJson& tag : event->items("detail.tags")) {
      tags.emplace_back(tag.text("key"), tag.text("value"));
    }
  }
  changed_.notify_all();
}

std::map<std::string, TagsNow::TagsOfResource> TagsNow::tags_of(std::span<const Identity> resources,
                                                                Time when, Duration at_most) {
  {
    Lock lock(mutex_);
    found_.clear();
  }
  for (const Identity& resource : resources) lookup_.want(resource, when);
  const Time until = clock_.now() + at_most;
  Lock lock(mutex_);
  const auto is_known = [&](const Identity& resource) REQUIRES(mutex_) {
    return found_.contains(std::string(resource.id)) || lookup_.is_over(resource.id);
  };
  while (!std::ranges::all_of(resources, is_known) && clock_.now() < until) {
    changed_.wait_for(mutex_, kLookAgain);
  }
  return found_;
}

}  // namespace statewire
