// The models of templates in this folder, and how they are filled in.
//
// A model is a template of CloudFormation. A part of it whose key has "{Rule}" stands once for each
// rule of EventBridge; in it, "{Rule}" and "{rule}" are the rule's name, "{about}" what people read
// of it, and the value "{pattern}" its pattern. A key "#" is a comment.
#pragma once

#include <yaml-cpp/node/node.h>

#include <span>
#include <string_view>

#include "deploy/event_rules.h"

namespace statewire {

constexpr const char* kCommentKey = "#";

// The model with each part in place. Keeps which texts were quoted (their tag is "!") and which
// parts flow. Throws what yaml-cpp throws, where the model is none.
YAML::Node expanded(std::string_view model, std::span<const EventRule> rules);

}  // namespace statewire
