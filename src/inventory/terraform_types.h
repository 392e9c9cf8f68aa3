// Which resource of AWS an instance in a Terraform state is, or is a part of.
#pragma once

#include <span>
#include <string_view>

namespace statewire {

// What the table knows of a type of Terraform's.
struct TerraformType {
  // "aws_s3_bucket_policy"; one that ends with `*` stands for all that begin so.
  std::string_view name;
  // Of CloudFormation, of the resource that it is or that it is a part of.
  std::string_view type;
  // The attributes that may hold the resource's ARN or id, `|` between them; the first that does
  // counts. What stands before a `>` in one is cut at the sign behind it: "id>/" is "id" up to "/".
  std::string_view attributes;
  bool is_part = false;
};

// The row of the type, the longest name that fits; null where there is none. Such a type is joined
// by the ARN that it holds: its own, or one that is called as a word of its name.
const TerraformType* find_terraform_type(std::string_view type);

std::span<const TerraformType> terraform_types();

}  // namespace statewire
