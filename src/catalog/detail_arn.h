// The ARN in the detail of a provider's own event that says which resource the event is about.
#pragma once

#include <optional>
#include <string_view>

#include "catalog/event_view.h"

namespace statewire {

// Of the service that sent the event, in a field that is called an ARN ("arn", "clusterArn"). Of
// several, the only one that the detail-type names; one alone that it does not name counts where it
// names nothing else of the detail. The parser's text. Linear in the detail.
std::optional<std::string_view> arn_in_detail(const EventView& view);

}  // namespace statewire
