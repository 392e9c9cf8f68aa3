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

using Form = std::string (*)(std::string_view, std::span<const EventRule>, const std::string&);

Result<Form> form_of(const std::string& format, const Model& model) {
  const bool is_serverless = model.option == "--serverless";
  if (format == "terraform" && is_serverless) {
    return bad_input(
        "functions are deployed by CloudFormation or SAM: leave --format out, or say sam");
  }
  if (format == "terraform" && model.option == "--service") {
    return bad_input("the service is deployed by CloudFormation: leave --format out");
  }
  if (format == "sam" && !is_serverless) {
    return bad_input("SAM is for functions: add --serverless, or leave --format out");
  }
  if (format == "terraform") return Form{terraform_template};
  return format == "sam" ? Form{sam_template} : Form{cloudformation_template};
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
  const Result<Form> form = form_of(invocation.text("--format"), model);
  if (!form) {
    terminal.complain(form.error().text);
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
  terminal.write((*form)(model.text, *rules, head));
  return ExitCode::well;
}

}  // namespace statewire
