// `statewire lambda`: the program as a function of AWS Lambda, started by its bootstrap.
#include <thread>

#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "config/environment.h"
#include "lambda/function.h"

namespace statewire {
namespace {

// The clients run as long as the function does.
Error serve(LambdaRuntime& runtime, LambdaFunction& function, ConfigAtHand& config, TagsNow& tags) {
  const std::jthread sending([&] { config.http.run(); });
  const std::jthread calling([&] { config.aws.run(); });
  const std::jthread mailing([&] { config.mail.run(); });
  const std::jthread looking([&] { tags.run(); });
  Error error = function.serve(runtime);
  tags.stop();
  config.aws.stop();
  config.mail.stop();
  config.http.stop();
  return error;
}

}  // namespace

ExitCode run_lambda(const Invocation& invocation, Terminal& terminal) {
  const Environment environment = process_environment();
  const std::optional<std::string> place = environment("AWS_LAMBDA_RUNTIME_API");
  if (!place) {
    terminal.complain("there is no $AWS_LAMBDA_RUNTIME_API: this is for a function of Lambda");
    return ExitCode::usage;
  }
  LambdaRuntime runtime(*place);
  const auto fail = [&](ExitCode code, const std::string& why) {
    terminal.complain(why);
    if (const Result<void> told = runtime.fail_init("Statewire.Init", why); !told) {
      terminal.complain(told.error().text);
    }
    return code;
  };
  const std::string name = environment("_HANDLER").value_or("");
  const std::optional<LambdaFunction::Handler> handler = LambdaFunction::handler_of(name);
  if (!handler) {
    return fail(ExitCode::usage, "no handler \"" + name + "\": there are standardise and deliver");
  }
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return fail(ExitCode::bad_config, "the configuration has errors");
  const Settings& settings = *config->settings;
  std::shared_ptr<const Catalog> catalog;
  if (*handler == LambdaFunction::Handler::standardise) {
    catalog = load_catalog(settings.catalog_folders, terminal);
    if (catalog == nullptr) return fail(ExitCode::bad_config, "the catalog has errors");
  }
  set_log(settings.log_level, settings.log_form);
  const SteadyClock steady;
  TagsNow tags(config->aws, steady);
  tags.use_roles(settings.account_roles);
  LambdaFunction function(settings, catalog.get(), config->clock, tags);
  if (const Result<void> fits = function.check(); !fits) {
    return fail(ExitCode::bad_config, fits.error().text);
  }
  terminal.complain(serve(runtime, function, *config, tags).text);
  return ExitCode::failed;
}

}  // namespace statewire
