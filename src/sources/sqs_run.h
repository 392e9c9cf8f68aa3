// One run of a source that reads a queue. All its state belongs to the thread of serve(); what
// other threads bring comes through the mailbox.
#pragma once

#include <deque>
#include <map>
#include <memory>
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
  };
  explicit SqsRun(Parts parts);

  // Until stop is requested, and what was handed over is acknowledged and deleted.
  void serve(std::stop_token stop);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // A message that was received and is not done with.
  struct Held {
    std::string id;
    std::string receipt;
    std::string body;
    SteadyTime prolong_at;
    size_t parts_left = 0;    // Chunks and files that are on their way.
    size_t files_left = 0;    // Those of them that are not fetched yet.
    bool has_failed = false;  // One of them was not stored: all of it again.
    bool is_unreadable = false;
  };
  struct Part {
    uint64_t message;
    std::string text;
    std::string place;
  };
  struct File {
    uint64_t message;
    S3Object object;
    bool knows_region = false;
  };
  struct Deletion {
    std::string receipt;
    int attempts = 0;
  };

  void receive();
  void on_messages(AwsAnswer answer, SteadyTime asked);
  void complain(const AwsAnswer& answer);
  void begin(uint64_t message);
  void submit_parts();
  bool submit(Part& part);
  void fetch_files();
  void on_file(File file, const AwsAnswer& answer);
  void refuse_file(const File& file, const std::string& why);
  void settle_part(uint64_t message, bool is_stored, bool is_unreadable);
  void settle(uint64_t message);
  void begin_again(SteadyTime now);
  void prolong(SteadyTime now);
  void hide_for(const std::vector<std::string>& receipts, int64_t seconds);
  void delete_settled(SteadyTime now, bool is_forced);
  void on_deletions(std::vector<Deletion> sent, const AwsAnswer& answer);
  void give_back(uint64_t message);
  void give_back_unsent();
  bool is_room() const;
  bool is_busy() const;
  SteadyTime next_timer(SteadyTime now) const;
  AwsCall call(std::string_view operation, std::string body) const;

  const Parts parts_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::map<uint64_t, Held> held_;
  uint64_t next_message_ = 1;
  size_t receiving_ = 0;
  SteadyTime receive_after_{};
  int failures_ = 0;  // Receiving calls in a row.
  bool is_stopping_ = false;
  std::deque<Part> parts_waiting_;
  SteadyTime submit_after_{};
  std::deque<File> files_waiting_;
  size_t fetching_ = 0;
  std::deque<Deletion> deletions_;
  size_t deleting_ = 0;
  SteadyTime delete_at_{};
  std::deque<std::pair<SteadyTime, uint64_t>> again_;  // Messages that failed, and when to retry.
};

}  // namespace statewire
