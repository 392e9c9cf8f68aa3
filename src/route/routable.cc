#include "route/routable.h"

#include "base/check.h"
#include "route/subscription.h"

namespace statewire {

void Routable::set(const Notification& notification) {
  severity_ = notification.severity;
  text_.clear();
  append_routable(notification, text_);
  text_.reserve(text_.size() + simdjson::SIMDJSON_PADDING);
  const auto error = parser_.parse(text_.data(), text_.size(), false).get(element_);
  CHECK(error == simdjson::SUCCESS);
}

}  // namespace statewire
