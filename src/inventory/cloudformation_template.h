// A template of CloudFormation: JSON, or YAML with CloudFormation's tags.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

struct TemplateText {
  // The template as JSON. Of YAML, every scalar is a text, and a tag is written out: `!Ref A` is
  // {"Ref":"A"}, `!GetAtt A.Arn` is {"Fn::GetAtt":["A","Arn"]}.
  std::string json;
  // The line of each logical id below `Resources`.
  std::map<std::string, uint32_t, std::less<>> lines;
};

// bad_input where it is neither, or nested deeper than templates are. Pure; time and memory are
// linear in the text.
Result<TemplateText> read_template(std::string_view text);

}  // namespace statewire
