// The files that `statewire init` writes. All functions are pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace statewire {

// What it asks.
struct InitAnswers {
  std::string instance = "prod";
  std::string store = "/var/lib/statewire/store";
  // "http", the URL of a queue of SQS, or the path of a file.
  std::string events = "http";
  // "stdout", a URL of a webhook or of a chat, or a mail address.
  std::string to = "stdout";
  // "trouble" or "everything".
  std::string what = "trouble";
};

struct InitFile {
  std::string name;  // In the folder of the configuration.
  std::string text;
  bool is_secret = false;
};

// The first thing that is wrong with the answers; well where nothing is.
Result<void> check_answers(const InitAnswers& answers);

// The configuration first; then what it names, and what has to be made at AWS: `b-address` and
// `b-aws.yaml` beside a `b.yaml`. `config` is the name of its file, without the folder.
// REQUIRES: the answers are well.
std::vector<InitFile> init_files(const InitAnswers& answers, const std::string& config);

}  // namespace statewire
