#include "deploy/terraform_types.h"

#include <algorithm>

namespace statewire {
namespace {

using Form = TerraformProperty::Form;

constexpr TerraformProperty kQueue[] = {
    {"QueueName", "name"},
    {"FifoQueue", "fifo_queue"},
    {"MessageRetentionPeriod", "message_retention_seconds"},
    {"VisibilityTimeout", "visibility_timeout_seconds"},
    {"SqsManagedSseEnabled", "sqs_managed_sse_enabled"},
    {"RedrivePolicy", "redrive_policy", Form::json},
};
constexpr TerraformProperty kQueuePolicy[] = {
    {"Queues", "queue_url", Form::first},
    {"PolicyDocument", "policy", Form::json},
};
constexpr TerraformProperty kBus[] = {{"Name", "name"}, {"Description", "description"}};
constexpr TerraformProperty kBusPolicy[] = {{"EventBusName", "event_bus_name"}};
constexpr TerraformProperty kRule[] = {
    {"Name", "name"},
    {"Description", "description"},
    {"EventBusName", "event_bus_name"},
    {"EventPattern", "event_pattern", Form::json},
};
constexpr TerraformProperty kAlarm[] = {
    {"AlarmDescription", "alarm_description"},
    {"Namespace", "namespace"},
    {"MetricName", "metric_name"},
    {"Dimensions", "dimensions", Form::pairs},
    {"Statistic", "statistic"},
    {"Period", "period"},
    {"EvaluationPeriods", "evaluation_periods"},
    {"Threshold", "threshold"},
    {"ComparisonOperator", "comparison_operator"},
    {"TreatMissingData", "treat_missing_data"},
    {"AlarmActions", "alarm_actions"},
};
constexpr TerraformProperty kRole[] = {
    {"RoleName", "name"},
    {"Path", "path"},
    {"Description", "description"},
    {"AssumeRolePolicyDocument", "assume_role_policy", Form::json},
};
constexpr TerraformProperty kPolicy[] = {
    {"ManagedPolicyName", "name"},
    {"Description", "description"},
    {"PolicyDocument", "policy", Form::json},
};
constexpr TerraformProperty kProfile[] = {
    {"InstanceProfileName", "name"},
    {"Roles", "role", Form::first},
};
constexpr TerraformProperty kTopic[] = {{"TopicName", "name"}};
constexpr TerraformProperty kTopicPolicy[] = {
    {"Topics", "arn", Form::first},
    {"PolicyDocument", "policy", Form::json},
};
constexpr TerraformProperty kSubscription[] = {
    {"TopicArn", "topic_arn"},
    {"Protocol", "protocol"},
    {"Endpoint", "endpoint"},
};

constexpr TerraformKind kTypes[] = {
    {"AWS::SQS::Queue", "aws_sqs_queue", "id", kQueue},
    {"AWS::SQS::QueuePolicy", "aws_sqs_queue_policy", "id", kQueuePolicy},
    {"AWS::Events::EventBus", "aws_cloudwatch_event_bus", "name", kBus},
    {"AWS::Events::EventBusPolicy", "aws_cloudwatch_event_bus_policy", "id", kBusPolicy},
    {"AWS::Events::Rule", "aws_cloudwatch_event_rule", "name", kRule},
    {"AWS::CloudWatch::Alarm", "aws_cloudwatch_metric_alarm", "id", kAlarm},
    {"AWS::IAM::ManagedPolicy", "aws_iam_policy", "arn", kPolicy},
    {"AWS::IAM::Role", "aws_iam_role", "name", kRole},
    {"AWS::IAM::InstanceProfile", "aws_iam_instance_profile", "name", kProfile},
    {"AWS::SNS::Topic", "aws_sns_topic", "arn", kTopic},
    {"AWS::SNS::TopicPolicy", "aws_sns_topic_policy", "id", kTopicPolicy},
    {"AWS::SNS::Subscription", "aws_sns_topic_subscription", "id", kSubscription},
};

}  // namespace

const TerraformKind* terraform_type(std::string_view type) {
  const auto found = std::ranges::find(kTypes, type, &TerraformKind::from);
  return found == std::end(kTypes) ? nullptr : &*found;
}

}  // namespace statewire
