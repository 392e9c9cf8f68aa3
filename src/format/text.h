// What a person reads: a line in columns.
#pragma once

#include "format/format.h"

namespace statewire {

class TextFormat final : public Format {
 public:
  std::string_view content_type() const override { return "text/plain; charset=utf-8"; }
  Result<void> render(const Notification& notification, std::string& out) const override;
};

}  // namespace statewire
