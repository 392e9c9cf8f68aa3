// What the request for a tail asks for.
#pragma once

#include <memory>

#include "api/tail.h"
#include "base/result.h"
#include "net/http_message.h"

namespace statewire {

// bad_input where a parameter is wrong. A browser that lost its stream says in Last-Event-ID where
// it was, which counts more than `from`.
Result<TailWish> read_tail_wish(const HttpRequestHead& head,
                                std::shared_ptr<const Snapshot> snapshot, const Store& store);

}  // namespace statewire
