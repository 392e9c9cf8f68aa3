// Which resource of AWS a resource of a stack is, or is a part of, where that is another than its
// type and its physical id say.
#pragma once

#include <span>
#include <string_view>

namespace statewire {

struct CloudFormationType {
  // "AWS::S3::BucketPolicy"; one that ends with `*` stands for all that begin so.
  std::string_view name;
  // Of the resource that it is or that it is a part of. Empty: it is none of its own.
  std::string_view type;
  // Where that one's ARN or id is, `|` between them; the first that says something counts: a
  // property of the template, "Bucket", or a piece of the physical id: "#0" is what precedes the
  // first `|` in it, "#1" what follows.
  std::string_view ways;
  bool is_part = true;
};

// The rows of the type: several where it may be a part of several. None: it is what it says.
std::span<const CloudFormationType> find_cloudformation_types(std::string_view type);

std::span<const CloudFormationType> cloudformation_types();

}  // namespace statewire
