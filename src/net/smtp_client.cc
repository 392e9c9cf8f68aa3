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
  {
    Lock lock(mutex_);
    ++threads_;
  }
  CurlHandle handle;
  while (std::optional<Job> job = wait_for_job()) {
    const std::string server = place_of(job->mail.server);
    Result<SmtpOutcome> outcome = carry(std::move(job->mail), handle);
    finish(server, outcome.ok());
    job->done(std::move(outcome));
  }
}

// Of a connection that was cut at one recipient nobody knows whether that one is to blame. So the
// others get theirs without it, once.
Result<SmtpOutcome> SmtpClient::carry(Mail mail, CurlHandle& handle) {
  SmtpTransfer transfer(std::move(mail), handle, *sockets_);
  Result<SmtpOutcome> outcome = transfer.perform();
  const std::optional<size_t> cut_at = transfer.cut_at();
  if (outcome || !cut_at) return outcome;
  Mail rest = transfer.take_mail();
  const auto place = static_cast<ptrdiff_t>(*cut_at);
  const Error cut = failed(outcome.error().text + " (RCPT " + rest.to[*cut_at] + ")");
  rest.to.erase(rest.to.begin() + place);
  if (rest.to.empty()) return cut;
  const size_t count = rest.to.size();
  Result<SmtpOutcome> of_rest = SmtpTransfer(std::move(rest), handle, *sockets_).perform();
  if (!of_rest) return cut;
  const SmtpReply taken{.stage = SmtpStage::recipient, .code = kSmtpTaken, .text = {}};
  if (of_rest->recipients.empty()) of_rest->recipients.assign(count, taken);
  of_rest->recipients.insert(
      of_rest->recipients.begin() + place,
      {.stage = SmtpStage::recipient, .code = 0, .text = outcome.error().text});
  return of_rest;
}

bool SmtpClient::may_begin(const Job& job) const {
  if (job.mail.is_unwanted && *job.mail.is_unwanted) return true;  // It takes no time.
  const auto server = servers_.find(place_of(job.mail.server));
  if (server == servers_.end() || server->second.busy == 0) return true;
  const bool has_spare = under_way_ + kMailsPerServerMax < threads_;
  return has_spare && server->second.answers && server->second.busy < kMailsPerServerMax;
}

// The first whose server has room. Nothing once the client stops.
std::optional<SmtpClient::Job> SmtpClient::wait_for_job() {
  Lock lock(mutex_);
  auto next = jobs_.end();
  changed_.wait(mutex_, [this, &next]() REQUIRES(mutex_) {
    next = std::ranges::find_if(jobs_,
                                [this](const Job& job) REQUIRES(mutex_) { return may_begin(job); });
    return is_stopping_ || next != jobs_.end();
  });
  if (is_stopping_) return std::nullopt;
  Job job = std::move(*next);
  jobs_.erase(next);
  ++servers_[place_of(job.mail.server)].busy;
  ++under_way_;
  waiting_bytes_ -= job.mail.message.size();
  return job;
}

void SmtpClient::finish(const std::string& server, bool answers) {
  Lock lock(mutex_);
  const auto place = servers_.find(server);
  --under_way_;
  --place->second.busy;
  place->second.answers = answers;
  if (place->second.busy == 0 && !answers) servers_.erase(place);
  changed_.notify_all();
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
