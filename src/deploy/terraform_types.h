// What CloudFormation's resources are called in Terraform's provider for AWS, version 5.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs
#pragma once

#include <span>
#include <string_view>

namespace statewire {

struct TerraformProperty {
  enum class Form {
    value,
    json,   // A document, as a text of JSON.
    first,  // Of a list that has one element.
    pairs,  // A list of {Name, Value}, as a map.
  };
  std::string_view from;  // "QueueName"
  std::string_view to;    // "name"
  Form form = Form::value;
};

struct TerraformKind {
  std::string_view from;  // "AWS::SQS::Queue"
  std::string_view to;    // "aws_sqs_queue"
  std::string_view ref;   // What `Ref` gives: "id"
  std::span<const TerraformProperty> properties;
};

// Null where it is not known.
const TerraformKind* terraform_type(std::string_view type);

}  // namespace statewire
