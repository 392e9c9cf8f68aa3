// Templates of CloudFormation, out of the models in this folder.
//
// A model is such a template. A part of it whose key has "{Rule}" stands once for each rule of
// EventBridge; in it, "{Rule}" and "{rule}" are the rule's name, "{about}" what people read of it,
// and the value "{pattern}" its pattern. A key "#" is a comment.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "deploy/event_rules.h"

namespace statewire {

// YAML. REQUIRES: `model` is one of deploy/model_texts.h. `head` stands above it, as a comment.
std::string cloudformation_template(std::string_view model, std::span<const EventRule> rules,
                                    const std::string& head);

}  // namespace statewire
