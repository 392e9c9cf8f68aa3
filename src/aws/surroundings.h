// Where credentials and settings are looked for: the environment, files of the home folder, and
// services at fixed addresses. A value, so that tests can have surroundings of their own.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "base/time.h"
#include "config/environment.h"

namespace statewire {

struct AwsSurroundings {
  Environment environment = process_environment();
  // No configuration changes these two; AWS_EC2_METADATA_SERVICE_ENDPOINT is honoured.
  std::string instance_metadata_url = "http://169.254.169.254";
  std::string container_metadata_url = "http://169.254.170.2";
  Duration process_timeout = std::chrono::minutes(1);  // Of credential_process.
  std::stop_token stop = {};                           // Nobody waits for a program any more.
  // By which credentials live on: whatever is done to the wall clock, it goes on.
  std::shared_ptr<const Clock> steady = std::make_shared<SteadyClock>();

  // What a variable is set to; empty where it is not.
  std::string variable(const std::string& name) const {
    return environment(name).value_or(std::string());
  }
  // With a leading ~ replaced.
  std::string path(const std::string& written) const {
    return written.starts_with("~") ? variable("HOME") + written.substr(1) : written;
  }
};

}  // namespace statewire
