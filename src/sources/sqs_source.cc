#include "sources/sqs_source.h"

#include "base/limits.h"
#include "sources/sqs_run.h"

namespace statewire {
namespace {

class SqsSource final : public Source {
 public:
  SqsSource(std::string name, SqsSourceOptions options, AwsClient& aws, AwsSettings settings,
            const Clock& clock)
      : name_(std::move(name)),
        options_(std::move(options)),
        aws_(aws),
        settings_(std::move(settings)),
        trouble_(clock) {}

  Result<void> run(Intake& intake, std::stop_token stop) override {
    SqsRun({name_, options_, aws_, settings_, intake, trouble_}).serve(std::move(stop));
    return {};
  }
  std::optional<SourceTrouble> trouble() const override { return trouble_.get(); }

 private:
  const std::string name_;
  const SqsSourceOptions options_;
  AwsClient& aws_;
  const AwsSettings settings_;
  TroubleNote trouble_;
};

std::unique_ptr<Source> open_sqs_source(std::string_view name, MapReader& keys,
                                        SourceContext& context) {
  SqsSourceOptions options;
  const Node queue = keys.required("queue");
  const std::string region = keys.optional("region").text();
  options.role = read_aws_role(keys.optional("role"));
  options.receivers = static_cast<size_t>(
      keys.optional("receivers")
          .integer(1, kSqsReceiversMax, static_cast<int64_t>(options.receivers)));
  options.deletes_unreadable =
      keys.optional("unreadable").choice<bool>({{"delete", true}, {"leave", false}}, true);
  if (!queue) return nullptr;
  Result<AwsSettings> settings = context.aws.settings();
  Result<SqsQueue> found =
      settings ? find_queue(*settings, queue.text(), region) : Result<SqsQueue>(settings.error());
  if (!found) {
    queue.error(found.error().text);
    return nullptr;
  }
  options.queue = *std::move(found);
  return make_sqs_source(std::string(name), std::move(options), context.aws, *std::move(settings),
                         context.clock);
}

}  // namespace

std::unique_ptr<Source> make_sqs_source(std::string name, SqsSourceOptions options, AwsClient& aws,
                                        AwsSettings settings, const Clock& clock) {
  return std::make_unique<SqsSource>(std::move(name), std::move(options), aws, std::move(settings),
                                     clock);
}

const SourceKind sqs_source_kind{
    .name = "sqs",
    .summary = "events from a queue of SQS: of EventBridge, SNS, CloudTrail files in S3, or bare",
    .open = open_sqs_source,
};

}  // namespace statewire
