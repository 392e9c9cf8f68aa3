#include "net/smtp_client.h"

#include "base/limits.h"
#include "net/smtp_transfer.h"

namespace statewire {
namespace {

Error stopped() { return unavailable("the SMTP client has stopped"); }

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
    job->done(SmtpTransfer(std::move(job->mail), handle, *sockets_).perform());
  }
}

// Nothing once the client stops.
std::optional<SmtpClient::Job> SmtpClient::wait_for_job() {
  Lock lock(mutex_);
  changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return is_stopping_ || !jobs_.empty(); });
  if (is_stopping_) return std::nullopt;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  waiting_bytes_ -= job.mail.message.size();
  return job;
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
