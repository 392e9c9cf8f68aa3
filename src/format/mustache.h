// Messages by a mustache template, over kainjow's library. Nothing else includes it.
//
// {{path}} is a field, escaped for what the message is; {{{path}}} and {{&path}} are as the field
// is. {{#path}}…{{/path}} stands where the field is known, {{^path}}…{{/path}} where it is not.
// {{#state.settled}} is a condition; {{#resource.tags}} (key, value) and {{#changes}} (path, from,
// to) are lists, in which {{#more}},{{/more}} stands behind all but the last. {{!…}} is a comment.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "format/text_fault.h"

namespace statewire {

enum class Escape { none, json, html };

struct TemplateOptions {
  std::string text;
  std::string content_type;
  Escape escape = Escape::none;
};

// The faults of a template: tags that do not fit together, and fields that do not exist.
std::vector<TextFault> template_faults(std::string_view text);

// REQUIRES: template_faults(options.text) is empty. A message of a JSON content type is held to be
// JSON: render() fails where it is none.
std::unique_ptr<Format> make_template(TemplateOptions options);

}  // namespace statewire
