// Templates, out of the models in this folder. expand.h says how these are filled in.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "deploy/event_rules.h"

namespace statewire {

// All: `model` is one of deploy/model_texts.h, and `head` stands above it, as a comment.

// YAML of CloudFormation.
std::string cloudformation_template(std::string_view model, std::span<const EventRule> rules,
                                    const std::string& head);
// YAML of the Serverless Application Model. REQUIRES: what sam.h does of the model's functions.
std::string sam_template(std::string_view model, std::span<const EventRule> rules,
                         const std::string& head);
// Terraform's language. REQUIRES: the model is of kinds of resources that terraform_types.h knows.
std::string terraform_template(std::string_view model, std::span<const EventRule> rules,
                               const std::string& head);

}  // namespace statewire
