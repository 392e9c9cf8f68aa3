// One run of a source that reads a queue.
//
// A message ends in one of three ways: it was stored, and is deleted; it, or a file that it names,
// can never be read, which the ledger says, and is deleted or left, as the configuration says; or
// it cannot be read now, and goes back to its queue for a while that doubles with each time that
// the queue has given it, so that the queue's own dead-letter policy counts and ends it. Nothing is
// held meanwhile, and no other message waits for it.
//
// All its state belongs to the thread of serve(): what other threads bring comes through the
// mailbox and only changes state; step() does all that is to be done.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sources/mailbox.h"
#include "sources/sqs_message.h"
#include "sources/sqs_source.h"

namespace statewire {

class SqsRun {
 public:
  struct Parts {
    const std::string& name;
    const SqsSourceOptions& options;
    AwsClient& aws;
    const AwsSettings& settings;
    Intake& intake;
    TroubleNote& trouble;
  };
  explicit SqsRun(Parts parts);

  // Until stop is requested, and a few seconds more: what was handed over is acknowledged and
  // deleted meanwhile, and all else is given back.
  void serve(std::stop_token stop);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // What becomes of a message, or of a part of it; of several the last of these.
  enum class Outcome { stored, unreadable, later };

  // A message that was received and is not done with.
  struct Held {
    std::string id;
    std::string receipt;
    int64_t receives = 1;  // How often the queue has given it.
    SteadyTime received;
    SteadyTime prolong_at;
    size_t parts_left = 0;    // Events and files without an outcome.
    size_t parts_inside = 0;  // Those of them that the intake has.
    Outcome outcome = Outcome::stored;
  };
  using HeldPlace = std::map<uint64_t, Held>::iterator;

  // What is handed over: an event, a file, or why there is none.
  struct Part {
    uint64_t message = 0;
    Chunk chunk;
    Outcome outcome = Outcome::stored;  // What it comes to once it is stored.
    size_t bytes = 0;                   // Of memory, once it is unpacked.
  };
  struct File {
    uint64_t message = 0;
    S3Object object;
    size_t asked_bytes = 0;  // Of the packed file at most.
    ByteShare share = {};
    bool knows_region = false;
  };
  using FilePtr = std::shared_ptr<File>;
  // The files of a message that are not asked for yet. A message may name tens of thousands.
  struct Named {
    uint64_t message = 0;
    S3ObjectQueue objects;
    ByteShare share = {};
  };
  struct Deletion {
    std::string receipt;
    int attempts = 0;
  };
  struct Hiding {
    std::string receipt;
    std::chrono::seconds time;
  };

  // Does all that can be done now. When to come again at the latest.
  SteadyTime step(SteadyTime now);
  bool is_done() const;

  // Receiving.
  bool has_room() const;
  void receive();
  void on_messages(AwsAnswer answer, SteadyTime asked);
  void complain(const AwsAnswer& answer);
  void begin(uint64_t message, std::string_view body);

  // Files.
  void fetch_files();
  bool has_file();
  bool reserve_for(File& file);
  void fetch(const FilePtr& file, const AwsTarget& target);
  void on_file(const FilePtr& file, AwsAnswer answer);
  bool is_elsewhere(const FilePtr& file, const AwsAnswer& answer);
  void on_fetched(const FilePtr& file, AwsAnswer answer);
  void on_fault(const File& file, const AwsAnswer& answer);
  void refuse_file(const File& file, std::string why, Outcome outcome);

  // Handing over.
  void hand_over(SteadyTime now);
  bool submit(Part& part);
  void on_answer(uint64_t message, Outcome outcome, const Result<ChunkFates>& result);
  void settle_part(uint64_t message, Outcome outcome);

  // The queue.
  void give_back(HeldPlace held, std::chrono::seconds hidden_for);
  void give_back_unsent();
  std::chrono::seconds pause_of(const Held& held) const;
  void prolong(SteadyTime now);
  void hide();
  void delete_settled(SteadyTime now);
  void on_deletions(std::vector<Deletion> sent, const AwsAnswer& answer);
  AwsCall call(std::string_view operation, std::string body) const;

  const Parts parts_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  // What the intake still has when the time to stop is over is not stored any more.
  const std::shared_ptr<std::atomic<bool>> is_over_ = std::make_shared<std::atomic<bool>>(false);
  bool is_stopping_ = false;
  std::map<uint64_t, Held> held_;
  uint64_t next_message_ = 1;
  SteadyTime prolong_at_ = SteadyTime::max();  // The first of those that are held, or before it.

  size_t receiving_ = 0;
  SteadyTime receive_at_{};
  int failures_ = 0;  // Receiving calls in a row.

  SqsMessages messages_;

  std::deque<FilePtr> files_;  // To be fetched, before those that are only named.
  std::deque<Named> named_;
  size_t fetching_ = 0;
  std::set<std::string> told_;  // Files whose trouble the ledger knows already.

  std::deque<Part> events_;   // To be handed over, and reasons why a file is not.
  std::deque<Part> fetched_;  // Files, likewise.
  // Of what waits or is inside.
  const std::shared_ptr<ByteBudget> event_bytes_;
  const std::shared_ptr<ByteBudget> file_bytes_;
  bool is_refused_ = false;  // By the intake, the last time.
  SteadyTime hand_over_at_{};
  int unstored_ = 0;  // Parts in a row that came back.

  std::deque<Hiding> hidings_;
  std::deque<Deletion> deletions_;
  size_t deleting_ = 0;
  size_t hiding_ = 0;  // Calls without an answer.
  SteadyTime delete_at_{};
};

}  // namespace statewire
