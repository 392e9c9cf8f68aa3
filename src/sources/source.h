// A source hands over chunks of events together with what acknowledges them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "base/result.h"
#include "config/map_reader.h"
#include "model/lifecycle.h"

namespace statewire {

// How many events of a chunk met which fate; after the commit.
struct ChunkFates {
  uint64_t counts[kFateCount] = {};
  // Reasons of the first malformed or rejected ones; at most kChunkReasonsKept.
  std::vector<std::string> reasons;

  uint64_t of(Fate fate) const { return counts[static_cast<size_t>(fate)]; }
};

// A position in a source, stored by the commit that stores the chunk's events.
struct CursorUpdate {
  std::string key;    // "<source name>/<file identity>"; empty: none.
  std::string value;  // The source's own encoding.
};

// A run of whole events (EventReader's forms), from one place.
struct Chunk {
  std::string source;  // Name of the source in the configuration; "http" for POST /events.
  std::string text;    // Reserved for kPaddingBytes beyond its size.
  uint64_t first_line = 1;
  std::string place;  // For errors: a path; empty for HTTP.
  CursorUpdate cursor;
  // Not empty: `text` is no text of events, and this says why. It counts as one malformed event.
  std::string unreadable;
  // Asked just before the commit. True: an earlier chunk was not stored, and this one, whose cursor
  // would pass it, must not be either; it comes back by `done`. Empty: never.
  std::function<bool()> is_void = {};
  // Called once, from any thread, after the commit (ok) or when it will never happen
  // (an error: nothing of the chunk was stored, and it should be sent again).
  std::function<void(Result<ChunkFates>)> done;
};

// Where sources put their chunks. Implemented by ingest; any thread.
class Intake {
 public:
  virtual ~Intake() = default;

  // Recognises the chunk on the calling thread and queues it for the next commit.
  // An error (`unavailable`: busy, disk full, stopping) means that nothing was taken and `done`
  // will not be called; the text says why.
  virtual Result<void> submit(Chunk&& chunk) = 0;
  // Blocks until submit() may succeed again, or stop is requested.
  virtual void wait_for_room(std::stop_token stop) = 0;
  // The stored cursor, as the last commit left it; empty where there is none.
  virtual Result<std::string> cursor(std::string_view key) = 0;
};

// How far a source is, in bytes of its input.
struct Progress {
  uint64_t done = 0;
  uint64_t total = 0;
};

// One configured source. run() is called once, on a thread of its own.
class Source {
 public:
  virtual ~Source() = default;
  // Reads until the source is exhausted or stop is requested; returns when everything that it
  // handed over was acknowledged. An error ends the source, not the program.
  virtual Result<void> run(Intake& intake, std::stop_token stop) = 0;
  // How far run() is; nothing where no end is known, as of a file that is followed. Any thread.
  virtual std::optional<Progress> progress() const { return std::nullopt; }
};

// What a source may use of the program; all of it outlives every source.
struct SourceContext {
  const Clock& clock;
  AwsClient& aws;
};

// A kind of source, as configured by `kind:`. registry.cc lists them.
struct SourceKind {
  std::string_view name;
  std::string_view summary;
  // Reads the kind's own keys (`kind` is read already). A null result has told its problems.
  std::unique_ptr<Source> (*open)(std::string_view name, MapReader& keys, SourceContext& context);
};

std::span<const SourceKind* const> source_kinds();
const SourceKind* find_source_kind(std::string_view name);  // Null where there is none.

}  // namespace statewire
