#include "net/smtp_client.h"

#include <algorithm>

#include "base/limits.h"
#include "net/smtp_transfer.h"

namespace statewire {
namespace {

Error stopped() { return unavailable("the SMTP client has stopped"); }

std::string place_of(const SmtpServer& server) {
  return server.host + ":" + std::to_string(server.port);
}

}  // namespace

SmtpClient::SmtpClient() : sockets_(std::make_unique<SmtpSockets>()) {}
SmtpClient::~SmtpClient() { stop(); }

void SmtpClient::send(Mail mail, MailDone done) {
  std::optional<Error> refusal;
  {
    Lock lock(mutex_);
    if (is_stopping_) {
      refusal = stopped();
    } else if (jobs_.size() >= kMailsWaitingMax ||
               waiting_bytes_ + mail.message.size() > kMailQueuedBytesMax) {
      refusal = unavailable("too many mails are waiting");
    } else {
      waiting_bytes_ += mail.message.size();
      jobs_.push_back({std::move(mail), std::move(done)});
      changed_.notify_one();
    }
  }
  if (refusal) done(*std::move(refusal));
}

void SmtpClient::run() {
  CurlHandle handle;
  while (std::optional<Job> job = wait_for_job()) {
    const std::string server = place_of(job->mail.server);
    Result<SmtpOutcome> outcome = SmtpTransfer(std::move(job->mail), handle, *sockets_).perform();
    finish(server);
    job->done(std::move(outcome));
  }
}

// The first whose server has room. Nothing once the client stops.
std::optional<SmtpClient::Job> SmtpClient::wait_for_job() {
  Lock lock(mutex_);
  auto next = jobs_.end();
  changed_.wait(mutex_, [this, &next]() REQUIRES(mutex_) {
    next = std::ranges::find_if(jobs_, [this](const Job& job) REQUIRES(mutex_) {
      const auto busy = busy_.find(place_of(job.mail.server));
      return busy == busy_.end() || busy->second < kMailsPerServerMax;
    });
    return is_stopping_ || next != jobs_.end();
  });
  if (is_stopping_) return std::nullopt;
  Job job = std::move(*next);
  jobs_.erase(next);
  ++busy_[place_of(job.mail.server)];
  waiting_bytes_ -= job.mail.message.size();
  return job;
}

void SmtpClient::finish(const std::string& server) {
  Lock lock(mutex_);
  const auto busy = busy_.find(server);
  if (--busy->second == 0) busy_.erase(busy);
  changed_.notify_one();
}

void SmtpClient::stop() {
  std::deque<Job> left;
  {
    Lock lock(mutex_);
    is_stopping_ = true;
    left.swap(jobs_);
    waiting_bytes_ = 0;
    changed_.notify_all();
  }
  sockets_->cut();
  for (const Job& job : left) job.done(stopped());
}

}  // namespace statewire
