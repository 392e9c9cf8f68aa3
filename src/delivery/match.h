// The stage `match`: `when:` of the subscription, and the rules of `ignore:`.
#pragma once

#include <span>

#include "delivery/stage.h"
#include "route/routable.h"
#include "route/subscription.h"
#include "route/wait.h"
#include "route/when.h"

namespace statewire {

// Pure. Borrows both. Leaves nothing behind: asking again under the same configuration explains it.
class MatchStage {
 public:
  MatchStage(const Subscription& subscription, std::span<const When> ignored)
      : subscription_(subscription), ignored_(ignored) {}

  // False if everything passes, so that no notification needs to be made routable.
  bool is_asking() const { return !subscription_.when_json.empty() || !ignored_.empty(); }

  Decision decide(const Routable& routable) const {
    if (!routable.meets(subscription_.when)) return Decision::drop(kDoesNotMatch);
    if (ignored_by(ignored_, routable)) return Decision::drop(kIsIgnored);
    return Decision::pass();
  }

 private:
  const Subscription& subscription_;
  const std::span<const When> ignored_;
};

}  // namespace statewire
