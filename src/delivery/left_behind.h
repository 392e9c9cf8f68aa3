// What waits for a subscription that is not configured any more: nobody sends it, and it waits
// until the subscription comes back, or a person drops it. Whoever calls is the one writer of
// delivery state, as for parked.h.
#pragma once

#include <functional>
#include <string>

#include "store/store.h"

namespace statewire {

// Why what waits for a subscription is not dropped.
Error error_of_configured(const std::string& subscription);

// How many were dropped, or would be. The subscription keeps its place in the journal. Written in
// pieces, and `may_go_on` is asked between them: where it says no, the result is what was done
// until then. REQUIRES: nothing delivers for it. not_found where nothing waits for it.
Result<uint64_t> drop_waiting(
    Store& store, const std::string& subscription, bool is_dry_run,
    const std::function<bool()>& may_go_on = [] { return true; });

}  // namespace statewire
