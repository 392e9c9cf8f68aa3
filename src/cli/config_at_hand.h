// The configuration that a command works with.
#pragma once

#include <memory>

#include "app/settings.h"
#include "cli/invocation.h"
#include "cli/terminal.h"

namespace statewire {

// Owns what the settings borrow: declared before them.
struct ConfigAtHand {
  Problems problems;
  SystemClock clock;
  // Run by `sinks test` alone: other commands only check the sinks.
  HttpClient http{HttpClientLimits{}};
  AwsClient aws{http, clock};
  SmtpClient mail;
  Writers writers;
  SinkContext context{http, clock, aws, mail, writers};
  std::unique_ptr<Settings> settings;
};

// Reads the configuration that --config or the usual places name. Null where there is none, or it
// has errors; why has been told then, and the command ends with ExitCode::bad_config.
std::unique_ptr<ConfigAtHand> load_config(const Invocation& invocation, Terminal& terminal);

// The same for commands that do not run it: other parts may have errors.
std::unique_ptr<ConfigAtHand> load_config_part(const Invocation& invocation, ConfigPart part,
                                               Terminal& terminal);

// What to say where there is no configuration.
std::string no_config_text();

// The catalog of the program and of the configuration's folders. Null where an entry has errors;
// these have been told then.
std::shared_ptr<const Catalog> load_catalog(std::span<const std::string> folders,
                                            Terminal& terminal);

}  // namespace statewire
