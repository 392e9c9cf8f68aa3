#include "aws/client.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <optional>
#include <vector>

#include "aws/call_now.h"
#include "aws/credential_chain.h"
#include "aws/providers.h"
#include "base/first_answer.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutex.h"

namespace statewire {
namespace {

// Others are looked for when those at hand have so long to live, or half of what they had.
constexpr Duration kRefreshBefore = std::chrono::minutes(5);
// A signature must still be valid when it arrives.
constexpr Duration kUsableBefore = std::chrono::seconds(10);
// A look for credentials that found none is not repeated at once.
constexpr Duration kLookAgainAfter = std::chrono::seconds(2);
// Credentials that seem to be over when they are given: the clock here is wrong, and they serve
// until the service says otherwise, or so long.
constexpr Duration kLeastLife = std::chrono::minutes(1);

using SteadyTime = std::chrono::steady_clock::time_point;

AwsAnswer unanswered(AwsFault fault, std::string text) {
  AwsAnswer answer;
  answer.fault = fault;
  answer.message = std::move(text);
  return answer;
}

AwsAnswer stopped() { return unanswered(AwsFault::network, "the AWS client has stopped"); }

}  // namespace

class AwsClient::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(HttpClient& http, const Clock& clock, AwsSurroundings surroundings)
      : http_(http), clock_(clock), surroundings_(std::move(surroundings)) {
    surroundings_.stop = stop_.get_token();
  }

  struct Job {
    AwsCall call;
    Done done;
    int attempts = 0;
    bool has_corrected_clock = false;
    bool has_renewed = false;
  };
  using JobPtr = std::shared_ptr<Job>;

  void submit(JobPtr job) EXCLUDES(mutex_);
  void run() EXCLUDES(mutex_);
  void stop() EXCLUDES(mutex_);
  const AwsSurroundings& surroundings() const { return surroundings_; }

 private:
  // Credentials of the surroundings (no role), or of a role that they assume. Its times are of the
  // steady clock: a wall clock that was wrong at the first look must not decide for hours.
  struct Identity {
    std::shared_ptr<const AwsCredentials> credentials;
    Time usable_until = Time::max();
    Time refresh_at = Time::max();
    bool is_wanted = false;  // Is to be looked for.
    std::vector<JobPtr> waiting;
    AwsAnswer failure;  // Of the last look, where it found nothing.
    Time look_again_at = Time::min();
  };

  Time steady_now() const { return surroundings_.steady->now(); }
  static bool is_usable(const Identity& identity, Time steady) {
    return identity.credentials != nullptr && steady < identity.usable_until;
  }
  void set_times(Identity& identity) REQUIRES(mutex_);
  void want(Identity& identity) REQUIRES(mutex_) {
    identity.is_wanted = true;
    wakes_.notify_all();
  }
  void send(JobPtr job, std::shared_ptr<const AwsCredentials> credentials);
  void on_answer(const JobPtr& job, const std::shared_ptr<const AwsCredentials>& credentials,
                 AwsAnswer answer) EXCLUDES(mutex_);
  bool try_again_at_once(Job& job, const std::shared_ptr<const AwsCredentials>& credentials,
                         const AwsAnswer& answer) EXCLUDES(mutex_);
  void try_again_later(const JobPtr& job, Duration pause) EXCLUDES(mutex_);
  std::vector<JobPtr> claim_due() REQUIRES(mutex_);
  // The next identity whose credentials the caller is to look for.
  std::optional<AwsRole> claim_wanted() REQUIRES(mutex_);
  void renew(const AwsRole& role) EXCLUDES(mutex_);
  Result<AwsCredentials> find(const AwsRole& role) EXCLUDES(mutex_);
  void settle(const AwsRole& role, Result<AwsCredentials> found) EXCLUDES(mutex_);

  HttpClient& http_;
  const Clock& clock_;
  std::stop_source stop_;
  AwsSurroundings surroundings_;  // Constant once this is made.

  Mutex mutex_;
  std::condition_variable_any wakes_;
  std::map<AwsRole, Identity> identities_ GUARDED_BY(mutex_);
  std::multimap<SteadyTime, JobPtr> later_ GUARDED_BY(mutex_);
  Duration skew_ GUARDED_BY(mutex_){};          // What the clock here is behind.
  bool is_looking_ GUARDED_BY(mutex_) = false;  // One thread does, for credentials.
  bool is_stopping_ GUARDED_BY(mutex_) = false;
};

void AwsClient::Core::submit(JobPtr job) {
  std::shared_ptr<const AwsCredentials> credentials;
  std::optional<AwsAnswer> refusal;
  {
    Lock lock(mutex_);
    const Time now = steady_now();
    Identity& identity = identities_[job->call.role];
    if (is_stopping_) {
      refusal = stopped();
    } else if (!job->call.is_signed) {
      credentials = std::make_shared<AwsCredentials>();
    } else if (is_usable(identity, now)) {
      credentials = identity.credentials;
      if (now >= identity.refresh_at && now >= identity.look_again_at) want(identity);
    } else if (now < identity.look_again_at) {
      refusal = identity.failure;
    } else {
      identity.waiting.push_back(job);
      want(identity);
      return;
    }
  }
  if (refusal) return job->done(*std::move(refusal));
  send(std::move(job), std::move(credentials));
}

void AwsClient::Core::send(JobPtr job, std::shared_ptr<const AwsCredentials> credentials) {
  Duration skew;
  {
    Lock lock(mutex_);
    skew = skew_;
  }
  ++job->attempts;
  HttpRequest request = job->call.is_signed
                            ? signed_request(job->call, *credentials, clock_.now() + skew)
                            : unsigned_request(job->call);
  http_.send(std::move(request),
             [core = shared_from_this(), job, credentials](Result<HttpResponse> response) {
               Duration now_skew;
               {
                 Lock lock(core->mutex_);
                 now_skew = core->skew_;
               }
               AwsAnswer answer = answer_of(std::move(response), job->call.target.service.key,
                                            *credentials, core->clock_.now() + now_skew);
               core->on_answer(job, credentials, std::move(answer));
             });
}

void AwsClient::Core::on_answer(const JobPtr& job,
                                const std::shared_ptr<const AwsCredentials>& credentials,
                                AwsAnswer answer) {
  if (answer.ok()) return job->done(std::move(answer));
  if (try_again_at_once(*job, credentials, answer)) return submit(job);
  // If the service asks for a longer pause, the caller decides.
  if (may_pass_later(answer.fault) && job->attempts < job->call.attempts_max &&
      answer.retry_after <= kAwsRetryAfterMax) {
    return try_again_later(job, std::max(pause_after(job->attempts), answer.retry_after));
  }
  job->done(std::move(answer));
}

// A wrong clock and credentials that are over have their remedy, each once.
bool AwsClient::Core::try_again_at_once(Job& job,
                                        const std::shared_ptr<const AwsCredentials>& credentials,
                                        const AwsAnswer& answer) {
  Lock lock(mutex_);
  if (answer.fault == AwsFault::skewed && !job.has_corrected_clock) {
    job.has_corrected_clock = true;
    skew_ = skew_of(answer, clock_.now());
    for (auto& [role, identity] : identities_) set_times(identity);
    log_warn("the clock here differs from that of AWS; signatures follow theirs",
             {{"seconds", skew_ / std::chrono::seconds(1)}});
    return true;
  }
  if (answer.fault != AwsFault::expired || job.has_renewed) return false;
  job.has_renewed = true;
  for (const AwsRole& role : {job.call.role, AwsRole()}) {
    Identity& identity = identities_[role];
    if (role == job.call.role && identity.credentials != credentials) continue;
    identity.credentials = nullptr;
  }
  return true;
}

void AwsClient::Core::try_again_later(const JobPtr& job, Duration pause) {
  {
    Lock lock(mutex_);
    if (!is_stopping_) {
      later_.emplace(std::chrono::steady_clock::now() + pause, job);
      wakes_.notify_all();
      return;
    }
  }
  job->done(stopped());
}

void AwsClient::Core::run() {
  while (true) {
    std::vector<JobPtr> due;
    std::optional<AwsRole> wanted;
    {
      Lock lock(mutex_);
      while (true) {
        if (is_stopping_) return;
        due = claim_due();
        wanted = claim_wanted();
        if (!due.empty() || wanted) break;
        if (later_.empty()) {
          wakes_.wait(mutex_);
        } else {
          // A copy: others may take the job meanwhile.
          const SteadyTime until = later_.begin()->first;
          wakes_.wait_until(mutex_, until);
        }
      }
    }
    for (JobPtr& job : due) submit(std::move(job));
    if (wanted) renew(*wanted);
  }
}

std::vector<AwsClient::Core::JobPtr> AwsClient::Core::claim_due() {
  std::vector<JobPtr> due;
  const SteadyTime now = std::chrono::steady_clock::now();
  while (!later_.empty() && later_.begin()->first <= now) {
    due.push_back(std::move(later_.begin()->second));
    later_.erase(later_.begin());
  }
  return due;
}

std::optional<AwsRole> AwsClient::Core::claim_wanted() {
  if (is_looking_) return std::nullopt;
  for (const auto& [role, identity] : identities_) {
    if (!identity.is_wanted) continue;
    is_looking_ = true;
    return role;
  }
  return std::nullopt;
}

void AwsClient::Core::renew(const AwsRole& role) {
  settle(role, find(role));
  Lock lock(mutex_);
  is_looking_ = false;
  wakes_.notify_all();
}

// Without the lock: this takes its time.
Result<AwsCredentials> AwsClient::Core::find(const AwsRole& role) {
  if (role.empty()) return find_credentials(surroundings_, clock_).credentials;
  std::shared_ptr<const AwsCredentials> own;
  {
    Lock lock(mutex_);
    const Identity& identity = identities_[AwsRole()];
    const Time now = steady_now();
    if (is_usable(identity, now) && now < identity.refresh_at) own = identity.credentials;
  }
  if (own == nullptr) {
    Result<AwsCredentials> found = find_credentials(surroundings_, clock_).credentials;
    if (!found) return found;
    own = std::make_shared<AwsCredentials>(*found);
    settle(AwsRole(), std::move(found));
  }
  return assume_role(surroundings_, *own, role, clock_);
}

// How long credentials live is known by the wall clock as AWS corrected it, and measured by the
// steady one.
void AwsClient::Core::set_times(Identity& identity) {
  identity.usable_until = identity.refresh_at = Time::max();
  if (identity.credentials == nullptr || !identity.credentials->expires) return;
  const Duration left = *identity.credentials->expires - (clock_.now() + skew_);
  const Time now = steady_now();
  identity.usable_until = now + std::max(left - kUsableBefore, kLeastLife);
  identity.refresh_at =
      now + std::max(left - std::min<Duration>(kRefreshBefore, left / 2), kLookAgainAfter);
}

void AwsClient::Core::settle(const AwsRole& role, Result<AwsCredentials> found) {
  std::vector<JobPtr> waiting;
  std::shared_ptr<const AwsCredentials> credentials;
  AwsAnswer failure;
  {
    Lock lock(mutex_);
    Identity& identity = identities_[role];
    identity.is_wanted = false;
    if (found) {
      credentials = std::make_shared<AwsCredentials>(*std::move(found));
      identity.credentials = credentials;
      identity.look_again_at = Time::min();
      set_times(identity);
    } else {
      const bool is_passing = found.error().kind == ErrorKind::unavailable;
      failure = unanswered(is_passing ? AwsFault::network : AwsFault::denied, found.error().text);
      identity.failure = failure;
      identity.look_again_at = steady_now() + kLookAgainAfter;
    }
    waiting.swap(identity.waiting);
  }
  if (!failure.ok()) {
    log_warn("no AWS credentials",
             {{"role", role.empty() ? "(none)" : role.arn}, {"reason", failure.message}});
  }
  for (JobPtr& job : waiting) {
    if (credentials != nullptr) {
      send(std::move(job), credentials);
    } else {
      job->done(failure);
    }
  }
}

void AwsClient::Core::stop() {
  stop_.request_stop();
  std::vector<JobPtr> left;
  {
    Lock lock(mutex_);
    is_stopping_ = true;
    for (auto& [role, identity] : identities_) {
      left.insert(left.end(), identity.waiting.begin(), identity.waiting.end());
      identity.waiting.clear();
    }
    for (auto& [time, job] : later_) left.push_back(job);
    later_.clear();
    wakes_.notify_all();
  }
  for (const JobPtr& job : left) job->done(stopped());
}

AwsClient::AwsClient(HttpClient& http, const Clock& clock, AwsSurroundings surroundings)
    : core_(std::make_shared<Core>(http, clock, std::move(surroundings))) {}
AwsClient::~AwsClient() { core_->stop(); }

void AwsClient::call(AwsCall call, Done done) {
  core_->submit(
      std::make_shared<Core::Job>(Core::Job{.call = std::move(call), .done = std::move(done)}));
}

AwsAnswer AwsClient::call_and_wait(AwsCall call, const std::stop_token& stop) {
  const AwsAnswer stopped = unanswered(AwsFault::network, "it was stopped");
  if (stop.stop_requested()) return stopped;
  const auto first = std::make_shared<FirstAnswer<AwsAnswer>>();
  const std::stop_callback on_stop(stop, [&] { first->tell(stopped); });
  this->call(std::move(call), [first](AwsAnswer answer) { first->tell(std::move(answer)); });
  return first->wait();
}

void AwsClient::run() { core_->run(); }
void AwsClient::stop() { core_->stop(); }

Result<AwsSettings> AwsClient::settings() const { return AwsSettings::read(core_->surroundings()); }

std::string AwsClient::region_of_instance() const {
  return statewire::region_of_instance(core_->surroundings());
}

}  // namespace statewire
