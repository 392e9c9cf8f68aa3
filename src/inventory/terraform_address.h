// The names that Terraform and its states have for what is declared.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

// "eu-west-1" of eu-west-1a; empty where it is no zone's name.
std::string_view region_of_zone(std::string_view zone);

// "module.web[0].module.db" without its indices. A key may hold dots and brackets, in quotes.
std::string without_indices(std::string_view address);

// "[3]" of "aws_instance.web.3", the key of version 3; empty where there is no count.
std::string index_of_key(std::string_view key);

// `provider["registry.terraform.io/hashicorp/aws"].east`, `provider.aws.east`; either behind the
// module that it stands in. What names none has that of the type's first word.
bool is_of_aws(std::string_view provider, std::string_view type);

}  // namespace statewire
