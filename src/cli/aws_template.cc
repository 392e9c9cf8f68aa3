// `statewire aws template`: what an account needs so that its events reach Statewire.
#include "catalog/catalog.h"
#include "cli/commands.h"
#include "deploy/model_texts.h"
#include "deploy/template.h"

namespace statewire {
namespace {

struct Model {
  std::string_view option;
  std::string_view text;
};

// The first is the default.
std::vector<Model> models() {
  return {{"--hub", hub_model()},
          {"--spoke", spoke_model()},
          {"--serverless", serverless_model()},
          {"--service", service_model()}};
}

// How to ask for the same again.
std::string head_of(const Invocation& invocation, const Model& model) {
  std::string head = "Made by `statewire aws template " + std::string(model.option);
  if (const std::string format = invocation.text("--format"); !format.empty()) {
    head += " --format " + format;
  }
  for (const std::string& service : invocation.texts("--services")) {
    head += " --services " + service;
  }
  return head + "`.";
}

}  // namespace

ExitCode run_aws_template(const Invocation& invocation, Terminal& terminal) {
  std::vector<Model> wanted = models();
  std::erase_if(wanted, [&](const Model& model) { return !invocation.has(model.option); });
  if (wanted.size() > 1) {
    terminal.complain(
        "--hub, --spoke, --serverless and --service are templates of their own: ask for one");
    return ExitCode::usage;
  }
  const Model model = wanted.empty() ? models().front() : wanted.front();
  const bool is_terraform = invocation.text("--format") == "terraform";
  if (is_terraform && (model.option == "--serverless" || model.option == "--service")) {
    terminal.complain(std::string(model.option) + " is for CloudFormation: leave --format out");
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
  const std::string head = head_of(invocation, model);
  terminal.write(is_terraform ? terraform_template(model.text, *rules, head)
                              : cloudformation_template(model.text, *rules, head));
  return ExitCode::well;
}

}  // namespace statewire
