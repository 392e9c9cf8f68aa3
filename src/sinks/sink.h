// A sink delivers rendered notifications to one place.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "base/result.h"
#include "base/time.h"
#include "config/map_reader.h"
#include "net/http_client.h"
#include "net/smtp_client.h"
#include "sinks/writers.h"

namespace statewire {

// What became of an attempt.
enum class Verdict : uint8_t {
  delivered,
  retry,        // The network, 429, 5xx, and all that is not known: again later.
  unavailable,  // 401, 403: nothing passes until a person acts; the circuit opens.
  reject,       // This delivery itself will never pass: parked.
  gone,         // 410: the sink is no more; the subscription stops.
};
std::string_view name_of(Verdict verdict);

struct Attempt {
  Verdict verdict = Verdict::delivered;
  int status = 0;          // Of HTTP; 0 elsewhere.
  std::string detail;      // What was answered, cut to 1 KiB; never a secret.
  Duration retry_after{};  // What the other side asked for; zero where it did not.
  // With `retry`: the batch was refused as a whole, and nobody knows why. Its members are tried one
  // by one from now on, so that one of them that never passes takes no other along.
  bool is_of_whole_batch = false;
  // Where the recipients of one delivery have separate fates: an attempt for each, with its name.
  // Then what stands above sums them up, for people.
  std::vector<Attempt> parts = {};
  std::string recipient = {};  // Of a part.
};

// The marks of a frozen batch: they and its members stay the same over every retry and restart.
struct FrozenBatch {
  // Of its first delivery. Where there is no journal, 32 hex digits that are made of the ids of all
  // its deliveries: other members are another batch.
  std::string_view id;
  uint64_t first_sequence = 0;  // 0: there is no journal.
  uint64_t last_sequence = 0;
  Time frozen;
};

// One notification, or one group of them, on its way to one subscription.
// The texts are good until the completion is destroyed.
struct Delivery {
  std::string_view id;  // Of the notification: 32 hex digits, the same for all its subscriptions.
  std::string_view subscription;
  std::string_view resource;      // Never in two batches at once.
  std::string_view type;          // "statewire.resource.transition.v1"
  std::string_view content_type;  // "application/json"
  std::string_view payload;       // One rendered message, without a line end.
  std::string_view header;        // The line that a file of them begins with; empty: none.
  // The recipients that it is for, where others have it or a parked delivery of their own.
  // Separated by commas; empty: all.
  std::string_view recipients;
  // The others, to whom it was sent with it. In deliveries of earlier versions `recipients` is
  // empty then, and it is for all but these.
  std::string_view settled_recipients;
  uint64_t sequence = 0;
  uint32_t attempt = 1;
  Time first_attempt;
  bool is_redriven = false;  // A person sent it again after it was parked.
  bool is_example = false;   // A person tries the sink: what it says of a resource is made up.
  // Null where the kind does not freeze its batches, and for what a person sends as a test.
  const FrozenBatch* batch = nullptr;

  // What names this delivery, for whoever drops repeats: 32 hex digits, the same over every retry
  // and restart, and different for two subscriptions that tell the same at one place.
  std::string key() const;
};

// One attempt for each delivery of the batch, in order. Called exactly once, from any thread; also
// after the sink, or whoever called it, is gone: it keeps what it needs.
using Completion = std::function<void(std::vector<Attempt>)>;

struct SinkLimits {
  size_t batch_deliveries_max = 1;
  size_t batch_bytes_max = SIZE_MAX;  // Of a frozen one; a delivery that is larger goes alone.
  size_t in_flight_max = 1;           // Batches.
  // A batch is delivered in its order, up to the first that fails, and may hold several
  // deliveries of one resource. REQUIRES: in_flight_max is 1.
  bool is_in_order = false;
  // The members of a batch are written down before its first attempt: what is tried again, also
  // after a kill, is the same batch. What a person sends again is a batch of its own.
  // REQUIRES: is_in_order.
  bool is_frozen = false;
  // How long a batch that is not full waits for more. REQUIRES: is_frozen where it is not zero.
  Duration gather{};
  uint64_t per_hour_max = 0;  // What a person can take, where nobody says otherwise; 0: anything.
  Duration pace{};            // Least time from one batch to the next.
};

// What a sink finds out of its place without sending a message.
enum class PlaceState : uint8_t {
  well,     // As far as one can see, a delivery would pass.
  wrong,    // None would.
  unknown,  // Nobody can say without sending one.
};
struct PlaceReport {
  PlaceState state = PlaceState::unknown;
  std::string detail = {};      // What was found, cut to 1 KiB; never a secret.
  bool is_unreachable = false;  // `wrong`, and nobody answered.
};
// Called exactly once, from any thread.
using PlaceDone = std::function<void(PlaceReport)>;

class Sink {
 public:
  virtual ~Sink() = default;
  // Never waits for a network, a file or a reader. Called from one thread.
  virtual void deliver(std::span<const Delivery> batch, Completion done) = 0;
  // Goes as far as it can without a message: connects, logs in, asks whether the place is there.
  // Waits for nothing, as deliver().
  virtual void ask_place(PlaceDone done) { done({}); }
};

// What a sink may use of the program; all of it outlives every sink.
struct SinkContext {
  HttpClient& http;
  const Clock& clock;
  AwsClient& aws;
  SmtpClient& mail;
  Writers& writers;
};

struct SinkKind {
  std::string_view name;
  std::string_view summary;
  SinkLimits limits;
  // Reads the kind's own keys (`kind` is read already). A null result has told its problems.
  std::unique_ptr<Sink> (*open)(MapReader& keys, SinkContext& context);
};

std::span<const SinkKind* const> sink_kinds();
const SinkKind* find_sink_kind(std::string_view name);

}  // namespace statewire
