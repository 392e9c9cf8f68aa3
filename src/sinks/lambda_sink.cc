// Invokes a function of Lambda with each delivery.
//
// The event is the payload; a payload that is not JSON becomes {"message": payload}. Delivered
// means that the function has returned. A delivery is tried again after an error of the function,
// because the error may pass.
#include "aws/json.h"
#include "base/limits.h"
#include "base/percent.h"
#include "base/text.h"
#include "sinks/aws_attempt.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

constexpr Duration kLambdaTimeout = std::chrono::minutes(1);

// Lambda names each answer. What a function returns is JSON, or nothing, unless its runtime is its
// owner's own.
bool is_of_lambda(const HttpResponse& response) {
  return response.body.empty() || !response.header("x-amzn-RequestId").empty() ||
         !response.header("X-Amz-Executed-Version").empty() || AwsJson::parse(response.body).ok();
}

// The function ran, or could not be run, and failed. Its own trace is not shown: it may hold
// anything.
Attempt attempt_for_failed_function(const HttpResponse& response) {
  const Result<AwsJson> json = AwsJson::parse(response.body);
  const std::string type = json ? json->text("errorType") : "";
  const std::string message = json ? json->text("errorMessage") : "";
  // Nothing will pass until somebody deploys it anew.
  const bool is_broken = type == "Runtime.HandlerNotFound" || type == "Runtime.ImportModuleError" ||
                         type == "Runtime.UserCodeSyntaxError" ||
                         type == "Runtime.InvalidEntrypoint";
  std::string detail = "the function failed";
  if (!type.empty()) detail += ": " + type;
  if (!message.empty()) detail += ": " + message;
  return {.verdict = is_broken ? Verdict::unavailable : Verdict::retry,
          .status = response.status,
          .detail = std::string(cut_utf8(detail, 512))};
}

class LambdaSink final : public Sink {
 public:
  LambdaSink(const std::string& function, Duration timeout, AwsPlace place, AwsClient& aws)
      : path_("/2015-03-31/functions/" + percent_encode(function)),
        name_("function " + function),
        timeout_(timeout),
        place_(std::move(place)),
        aws_(aws) {}

  // One call for each delivery: `batch` holds exactly one, as the limits say.
  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    AwsCall call =
        rest_call(place_.target, "POST", path_ + "/invocations", json_payload(batch.front()));
    if (call.body.size() > kLambdaPayloadBytesMax) {
      return done({rejected("the payload has " + with_thousands(call.body.size()) +
                            " bytes; at most " + with_thousands(kLambdaPayloadBytesMax))});
    }
    call.headers = {{"Content-Type", "application/json"},
                    {"X-Amz-Invocation-Type", "RequestResponse"}};
    call.role = place_.role;
    call.timeout = timeout_;
    call.attempts_max = 1;  // The subscription decides when to try again.
    aws_.call(std::move(call), [done = std::move(done)](AwsAnswer answer) {
      if (!answer.ok()) return done({attempt_for(answer)});
      if (!answer.response.header("X-Amz-Function-Error").empty()) {
        return done({attempt_for_failed_function(answer.response)});
      }
      done(
          {is_of_lambda(answer.response) ? attempt_for(answer) : not_of_service(answer, "Lambda")});
    });
  }

  void ask_place(PlaceDone done) override {
    AwsCall call = rest_call(place_.target, "GET", path_ + "/configuration");
    call.role = place_.role;
    ask_aws(aws_, std::move(call), name_, std::move(done));
  }

 private:
  const std::string path_;
  const std::string name_;
  const Duration timeout_;
  const AwsPlace place_;
  AwsClient& aws_;  // Outlives every sink.
};

std::unique_ptr<Sink> open_lambda(MapReader& keys, SinkContext& context) {
  const Node function = keys.required("function");
  AwsKeys aws = read_aws_keys(keys);
  const Duration timeout = keys.optional("timeout").duration(
      kLambdaTimeout, std::chrono::seconds(1), std::chrono::minutes(15));
  if (!function) return nullptr;
  if (function.text().empty() || function.text().size() > kLambdaFunctionBytesMax) {
    function.error("wanted the name or the ARN of a function");
    return nullptr;
  }
  if (aws.region.empty()) aws.region = region_of_arn(function.text());
  std::optional<AwsPlace> place = find_place(kLambda, aws, context, function);
  if (!place) return nullptr;
  return std::make_unique<LambdaSink>(function.text(), timeout, *std::move(place), context.aws);
}

}  // namespace

const SinkKind lambda_sink_kind{
    .name = "lambda",
    .summary = "invoke a function of Lambda with each delivery",
    .limits = {.batch_deliveries_max = 1, .in_flight_max = 16},
    .open = open_lambda,
};

}  // namespace statewire
