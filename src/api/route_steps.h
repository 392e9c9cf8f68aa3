// How routes ask questions, at once or in steps.
#pragma once

#include <memory>
#include <utility>

#include "api/answers.h"
#include "api/queries.h"
#include "api/route.h"

namespace statewire {

inline Queries queries_of(const RouteContext& context) {
  return Queries({.store = context.store,
                  .catalog = context.snapshot.catalog,
                  .subscriptions = context.snapshot.subscriptions,
                  .teller = {context.snapshot.instance, context.snapshot.accounts},
                  .track = context.track,
                  .rules = context.snapshot.rules,
                  .ignore = context.snapshot.ignore,
                  .tag_problem = context.snapshot.tags ? context.snapshot.tags().problem : "",
                  .pipelines = context.snapshot.dispatcher != nullptr
                                   ? std::optional(context.snapshot.dispatcher->counts())
                                   : std::nullopt});
}

inline RouteSteps at_once(HttpServerResponse response) {
  return [response = std::move(response)] { return std::optional(response); };
}

// `respond` makes the response of the answer.
template <typename Respond>
RouteSteps steps_of(std::unique_ptr<Question> question, Respond respond) {
  // Shared, as a function must be copyable.
  return [question = std::shared_ptr<Question>(std::move(question)),
          respond]() -> std::optional<HttpServerResponse> {
    std::optional<Result<std::string>> answer = question->step();
    if (!answer) return std::nullopt;
    return respond(*std::move(answer));
  };
}

// The answer itself.
inline RouteSteps steps_of(std::unique_ptr<Question> question) {
  return steps_of(std::move(question),
                  [](Result<std::string> answer) { return response_of(std::move(answer)); });
}

}  // namespace statewire
