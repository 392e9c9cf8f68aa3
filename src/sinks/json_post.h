// POSTs of JSON to services of chat and paging, whose URL or key is a secret.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sinks/sink.h"
#include "sinks/verdicts.h"

namespace statewire {

// Not thread-safe; completions come from any thread, also after this is gone.
class JsonPost {
 public:
  using Judge = Attempt (*)(const Result<HttpResponse>& response, Time now);

  struct Target {
    std::string url;     // Its path is never shown.
    std::string secret;  // Nor is this; may be empty.
    Duration timeout{};
    Judge judge = attempt_for;
    ClientTls tls = {};
  };

  JsonPost(Target target, SinkContext& context);

  void send(std::string body, Completion done);
  // As Sink::ask_place().
  void ask_place(PlaceDone done);

 private:
  const Target target_;
  HttpClient& http_;  // Outlives every sink, as does the clock.
  const Clock& clock_;
  std::shared_ptr<const Redaction> redaction_;
};

// Reads `timeout`; 10 s where there is none.
Duration read_timeout(MapReader& keys);

// A sink of a chat: posts each payload to one address. Reads `timeout`, `url` or `url_file`
// (https, or http to this machine), and the files of TLS.
std::unique_ptr<Sink> open_chat_sink(MapReader& keys, SinkContext& context, JsonPost::Judge judge);

}  // namespace statewire
