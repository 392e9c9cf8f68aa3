// `statewire aws template`: what an account needs so that its events reach Statewire.
#include "catalog/catalog.h"
#include "cli/commands.h"
#include "deploy/model_texts.h"
#include "deploy/template.h"

namespace statewire {
namespace {

// How to ask for the same again.
std::string head_of(const Invocation& invocation, bool is_spoke) {
  std::string head = "Made by `statewire aws template";
  head += is_spoke ? " --spoke" : " --hub";
  for (const std::string& service : invocation.texts("--services")) {
    head += " --services " + service;
  }
  return head + "`.";
}

}  // namespace

ExitCode run_aws_template(const Invocation& invocation, Terminal& terminal) {
  const bool is_spoke = invocation.has("--spoke");
  if (is_spoke && invocation.has("--hub")) {
    terminal.complain("--hub and --spoke are two templates: ask for one");
    return ExitCode::usage;
  }
  const Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  CHECK(catalog.ok());
  const Result<std::vector<EventRule>> rules =
      event_rules(*catalog, invocation.texts("--services"));
  if (!rules) {
    terminal.complain(rules.error().text);
    return ExitCode::usage;
  }
  terminal.write(cloudformation_template(is_spoke ? spoke_model() : hub_model(), *rules,
                                         head_of(invocation, is_spoke)));
  return ExitCode::well;
}

}  // namespace statewire
