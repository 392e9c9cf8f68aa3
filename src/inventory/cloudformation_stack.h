// What one stack of CloudFormation declares, by the answers about it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inventory/cloudformation_answers.h"
#include "inventory/cloudformation_template.h"
#include "inventory/declared.h"

namespace statewire {

struct StackAnswers {
  const StackSummary& summary;
  std::span<const StackMember> members;
  std::string_view template_text;
  const StackParameters& parameters;
};

// Whether the template has parameters, whose values resources may be named by.
bool has_parameters(std::string_view template_text);

// `unavailable` where CloudFormation has begun to work at it meanwhile. A template that cannot be
// read leaves out what only it tells: of some parts, which resource they are of. Pure.
Result<DeclaredStack> read_stack(const StackAnswers& answers);

}  // namespace statewire
