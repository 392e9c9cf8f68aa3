#include "lambda/function.h"

#include "base/log.h"

namespace statewire {
namespace {

constexpr Duration kAnswerMargin = std::chrono::milliseconds(500);
constexpr std::string_view kNotDone = "Statewire.NotDone";

}  // namespace

std::optional<LambdaFunction::Handler> LambdaFunction::handler_of(std::string_view name) {
  if (name == "standardise") return Handler::standardise;
  if (name == "deliver") return Handler::deliver;
  return std::nullopt;
}

LambdaFunction::LambdaFunction(const Settings& settings, const Catalog* catalog, const Clock& clock,
                               TagsNow& tags)
    : settings_(settings), outbox_(settings, clock) {
  if (catalog != nullptr) standardiser_.emplace(*catalog, settings, clock, tags);
}

Result<void> LambdaFunction::check() const {
  if (!standardiser_ && settings_.subscriptions.size() != 1) {
    return bad_input("the handler deliver needs a configuration with exactly one subscription");
  }
  return {};
}

Error LambdaFunction::serve(LambdaRuntime& runtime) {
  while (true) {
    const Result<LambdaInvocation> invocation = runtime.next();
    if (!invocation) return invocation.error();
    const Result<void> answered = handle(*invocation, runtime);
    if (!answered) return answered.error();
  }
}

Result<void> LambdaFunction::handle(const LambdaInvocation& invocation, LambdaRuntime& runtime) {
  const Result<std::vector<LambdaMessage>> messages = messages_of(invocation.payload);
  if (!messages) return runtime.fail(invocation, "Statewire.BadPayload", messages.error().text);
  Failures failures(messages->size());
  std::vector<Outgoing> outgoing;
  const Time until = invocation.deadline - kAnswerMargin;
  if (standardiser_) {
    for (size_t i = 0; i < messages->size(); ++i) standardiser_->read((*messages)[i], i, failures);
    standardiser_->tell(until, outgoing, failures);
  } else {
    for (size_t i = 0; i < messages->size(); ++i) forward((*messages)[i], i, outgoing, failures);
  }
  outbox_.send(std::move(outgoing), until, failures);
  std::vector<std::string> failed_ids;
  for (size_t i = 0; i < failures.size(); ++i) {
    const std::string& id = (*messages)[i].id;
    if (!failures[i]) continue;
    log_warn("a message failed", {{"message", id}, {"why", *failures[i]}});
    if (id.empty()) return runtime.fail(invocation, kNotDone, *failures[i]);
    failed_ids.push_back(id);
  }
  return runtime.answer(invocation, batch_answer(failed_ids));
}

void LambdaFunction::forward(const LambdaMessage& message, size_t place,
                             std::vector<Outgoing>& outgoing, Failures& failures) const {
  const std::string_view wanted = settings_.subscriptions.front().format->content_type();
  if (message.content_type != wanted) {
    return fail(failures, place,
                "its content type is \"" + message.content_type + "\", and not \"" +
                    std::string(wanted) + "\"");
  }
  const std::string& id = message.delivery_id.empty() ? message.id : message.delivery_id;
  outgoing.push_back({.message = place,
                      .id = id,
                      .resource = message.group.empty() ? id : message.group,
                      .type = message.type,
                      .payload = message.body});
}

}  // namespace statewire
