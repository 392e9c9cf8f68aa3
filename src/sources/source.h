// A source hands over chunks of events together with what acknowledges them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "base/byte_budget.h"
#include "base/result.h"
#include "config/map_reader.h"
#include "model/lifecycle.h"
#include "sources/trouble.h"

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
  std::string value;  // The source's own encoding; empty: it is removed.
};

struct Chunk;

// Makes a chunk's text of what came, a few milliseconds at a time: work that others must not wait
// for.
class Unpacking {
 public:
  virtual ~Unpacking() = default;
  // True once `chunk.text` is there, or `chunk.unreadable` says why it is not. Not called again
  // then. An error: it can be told only later, and should be sent again.
  virtual Result<bool> step(Chunk& chunk) = 0;
};

// A run of whole events (EventReader's forms), from one place.
struct Chunk {
  std::string source;     // Name of the source in the configuration; "http" for POST /events.
  std::string text = {};  // Reserved for kPaddingBytes beyond its size.
  bool are_cloud_events = false;  // Whoever sent them says so.
  // Statewire itself made them. What only it may say (of reminders, tags and inventories) is
  // rejected in any other chunk.
  bool is_own = false;
  uint64_t first_line = 1;
  std::string place;  // For errors: a path; empty for HTTP.
  CursorUpdate cursor;
  // Not empty: `text` is no text of events, and this says why. It counts as one malformed event.
  std::string unreadable = {};
  // The malformed event is only counted: of what a stranger sent, nothing is kept.
  bool is_only_counted = false;
  // Where it is set: `text` is there only after it.
  std::unique_ptr<Unpacking> unpacking = {};
  // What it holds of the budget of all that is being received, until its last commit.
  ByteShare share = {};
  // Asked just before each of its commits. True: an earlier chunk was not stored, and this one,
  // whose cursor would pass it, must not be either; it comes back by `done`. Empty: never.
  std::function<bool()> is_void = {};
  // Called once, from any thread, after the last commit of its events (ok) or when that will never
  // happen (an error: it should be sent again; what was stored of it is then found to be repeats).
  std::function<void(Result<ChunkFates>)> done = {};
};

// Where sources put their chunks. Implemented by ingest; any thread.
class Intake {
 public:
  virtual ~Intake() = default;

  // Recognises the chunk, or the beginning of a long one, on the calling thread, and queues it for
  // the next commit. An error (`unavailable`: busy, disk full, stopping, no memory) means that
  // nothing was taken, the chunk is as it was, and `done` will not be called; the text says why.
  virtual Result<void> submit(Chunk&& chunk) = 0;
  // The same for a thread that others wait for: what is not short is left to another thread.
  virtual Result<void> enter(Chunk&& chunk) { return submit(std::move(chunk)); }
  // Blocks until submit() may succeed again, or stop is requested. After a refusal that is at
  // least some milliseconds.
  virtual void wait_for_room(std::stop_token stop) = 0;
  // The stored cursor, as the last commit left it; empty where there is none.
  virtual Result<std::string> cursor(std::string_view key) = 0;
  // All stored cursors whose keys begin so.
  virtual Result<std::map<std::string, std::string>> cursors(std::string_view prefix) = 0;
};

// What there is to know of a source that can read. Empty: nothing.
struct SourceNote {
  std::string text = {};
  bool is_over = false;  // Nothing more will come of it, unless the clock is set.
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
  // When it has something by itself next, where that is known before it runs. Any thread.
  virtual std::optional<Time> next_time() const { return std::nullopt; }
  // What it cannot read now, though it goes on. Any thread.
  virtual std::optional<SourceTrouble> trouble() const { return std::nullopt; }
  virtual SourceNote note() const { return {}; }  // Any thread.
};

// What a source may use of the program; all of it outlives every source.
struct SourceContext {
  const Clock& clock;
  AwsClient& aws;
  // For durations: is never set.
  std::shared_ptr<const Clock> elapsed = std::make_shared<ElapsedClock>();
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
