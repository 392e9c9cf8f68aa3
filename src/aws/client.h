// Calls of AWS services, many at once: finds credentials, signs, tries again.
//
// The HTTP client's thread sends and receives. run() has threads of its own: one looks for
// credentials (files, programs and other services may have to be asked, one after the other), and
// another waits for the time of what is to be tried again; where there is only one, what is to be
// tried again waits while it looks. Credentials are looked for before they end: those at hand are
// used as long as they are valid.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "aws/answer.h"
#include "aws/call.h"
#include "aws/settings.h"
#include "aws/surroundings.h"

namespace statewire {

class AwsClient {
 public:
  using Done = std::function<void(AwsAnswer)>;

  // Borrows both: `http` must have ended before this does.
  AwsClient(HttpClient& http, const Clock& clock, AwsSurroundings surroundings = {});
  // REQUIRES: run() has returned, or was never called.
  ~AwsClient();
  AwsClient(const AwsClient&) = delete;
  AwsClient& operator=(const AwsClient&) = delete;

  // Any thread. `done` is called exactly once, on any thread; it must not block, and may call.
  // Where nothing passes because this was stopped, or no credentials can be had, it is told so as
  // any other fault.
  void call(AwsCall call, Done done);
  // Any thread but the HTTP client's and that of run(). Blocks as long as that takes, or until
  // `stop` is requested: a fault of the network then. The call itself goes on, and may take effect.
  AwsAnswer call_and_wait(AwsCall call, const std::stop_token& stop = {});

  // Serves until stop(); then what still waits is answered. One thread, or two.
  void run();
  // Any thread.
  void stop();

  // Region and endpoints, read anew. Any thread.
  Result<AwsSettings> settings() const;
  // The region of the instance that this runs on; empty where it is none, or does not say. Any
  // thread; blocks for as long as the instance's metadata service takes, a second or two.
  std::string region_of_instance() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;  // Calls in flight hold it, too.
};

}  // namespace statewire
