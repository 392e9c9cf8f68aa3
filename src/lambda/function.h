// A function of Lambda: invocation after invocation, each a batch of a queue or one event.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "app/settings.h"
#include "catalog/catalog.h"
#include "lambda/runtime.h"
#include "lambda/standardiser.h"

namespace statewire {

// Which messages of an invocation failed, and so go back to their queue, is answered by their ids:
// one that cannot be read repeats no other. The last half second before the deadline is for the
// answer. Not thread-safe. Borrows everything.
class LambdaFunction {
 public:
  // What it does with messages.
  enum class Handler {
    standardise,  // They are events: the configuration says what is sent where.
    deliver,      // They are rendered for the one subscription of the configuration: sends them.
  };
  static std::optional<Handler> handler_of(std::string_view name);

  // With a catalog it standardises; null: it delivers, and needs none.
  LambdaFunction(const Settings& settings, const Catalog* catalog, const Clock& clock,
                 TagsNow& tags);

  // bad_input where the configuration does not fit the handler.
  Result<void> check() const;
  // Takes invocations until the runtime interface is gone; the error says why.
  Error serve(LambdaRuntime& runtime);

 private:
  Result<void> handle(const LambdaInvocation& invocation, LambdaRuntime& runtime);
  void forward(const LambdaMessage& message, size_t place, std::vector<Outgoing>& outgoing,
               Failures& failures) const;

  const Settings& settings_;
  std::optional<Standardiser> standardiser_;
  Outbox outbox_;
};

}  // namespace statewire
