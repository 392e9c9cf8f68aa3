#include "net/http_client.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <unordered_map>

#include "base/check.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "net/http_transfer.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr int kPollMs = 60'000;  // Curl's own timers and send() end a poll earlier.

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

Error stopped() { return unavailable("the HTTP client has stopped"); }

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

std::optional<Duration> retry_after(const HttpResponse& response, Time now) {
  const std::string text(response.header("Retry-After"));
  if (text.empty()) return std::nullopt;
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    int64_t seconds = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const int64_t most = std::chrono::seconds(kRetryAfterMax).count();
    if (parsed.ec != std::errc() || seconds > most) return kRetryAfterMax;
    return std::chrono::seconds(seconds);
  }
  prepare_curl();
  const time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const int64_t seconds = date - to_ns(now) / 1'000'000'000;
  return std::clamp<Duration>(std::chrono::seconds(std::clamp<int64_t>(seconds, 0, 1 << 30)),
                              Duration(0), kRetryAfterMax);
}

// Requests wait here and not inside curl: there, the timeout would run while they wait. An origin's
// requests go out in order; origins take turns, so that a slow one cannot hold up the others
// beyond its own connections.
class HttpClient::Loop {
 public:
  explicit Loop(HttpClientLimits limits) : limits_(limits) {
    prepare_curl();
    multi_.reset(curl_multi_init());
    CHECK(multi_ != nullptr);
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(limits.connections_max));
  }
  ~Loop() { fail_all(); }

  void send(HttpRequest request, Done done) {
    Job job{.request = std::move(request), .done = std::move(done)};
    job.bytes = job.request.body.size();
    add(std::move(job));
  }

  void stop() EXCLUDES(mutex_) {
    {
      Lock lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
  }

  void run() EXCLUDES(mutex_) {
    while (queue_arrived()) {
      admit();
      int running = 0;
      CHECK(curl_multi_perform(multi_.get(), &running) == CURLM_OK);
      if (finish_completed()) continue;
      CHECK(curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr) == CURLM_OK);
    }
    fail_all();
  }

 private:
  struct Job {
    HttpRequest request;
    Done done;
    size_t bytes = 0;
    bool is_refused = false;  // There was no room; it is told so on the loop's thread.
  };
  struct Origin {
    size_t active = 0;
    std::deque<Job> waiting;
  };
  struct Active {
    std::unique_ptr<HttpTransfer> transfer;
    Done done;
    std::string origin;
  };

  void add(Job job) EXCLUDES(mutex_) {
    std::optional<Error> refused;
    {
      Lock lock(mutex_);
      if (ended_) {
        refused = stopped();
      } else {
        job.is_refused =
            queued_ >= limits_.queued_max || queued_bytes_ + job.bytes > limits_.queued_bytes_max;
        if (job.is_refused) {
          free_text(job.request.body);
        } else {
          ++queued_;
          queued_bytes_ += job.bytes;
        }
        arrived_.push_back(std::move(job));
      }
    }
    if (refused) return job.done(*refused);
    curl_multi_wakeup(multi_.get());
  }

  // False once the client is to stop.
  bool queue_arrived() EXCLUDES(mutex_) {
    std::deque<Job> arrived;
    {
      Lock lock(mutex_);
      if (stopping_) return false;
      arrived.swap(arrived_);
    }
    for (Job& job : arrived) {
      const Result<Url> url = parse_url(job.request.url);
      if (job.is_refused) {
        job.done(unavailable((url ? url->origin() + ": " : "") + "too many requests are waiting"));
        continue;
      }
      if (!url) {
        leave_queue(job);
        job.done(url.error());
        continue;
      }
      ++waiting_;
      origins_[url->origin() + job.request.unix_socket].waiting.push_back(std::move(job));
    }
    return true;
  }

  void leave_queue(const Job& job) EXCLUDES(mutex_) {
    Lock lock(mutex_);
    --queued_;
    queued_bytes_ -= job.bytes;
  }

  // Starts one request of each origin in turn, from the origin after the one served last.
  void admit() {
    auto at = origins_.upper_bound(served_last_);
    size_t idle_in_a_row = 0;
    while (waiting_ > 0 && active_.size() < limits_.connections_max &&
           idle_in_a_row < origins_.size()) {
      if (at == origins_.end()) at = origins_.begin();
      Origin& origin = at->second;
      if (origin.waiting.empty() && origin.active == 0) {  // Its last request could not be sent.
        at = origins_.erase(at);
        continue;
      }
      if (origin.waiting.empty() || origin.active >= limits_.connections_per_host_max) {
        ++idle_in_a_row;
      } else {
        idle_in_a_row = 0;
        served_last_ = at->first;
        Job job = std::move(origin.waiting.front());
        origin.waiting.pop_front();
        --waiting_;
        start(std::move(job), at->first, origin);
      }
      ++at;
    }
  }

  void start(Job job, const std::string& key, Origin& origin) {
    leave_queue(job);
    std::unique_ptr<HttpTransfer> transfer = idle_transfer();
    auto prepared = transfer->prepare(std::move(job.request));
    if (!prepared) {
      idle_.push_back(std::move(transfer));
      return job.done(prepared.error());
    }
    ++origin.active;
    CURL* const handle = transfer->handle();
    active_.emplace(handle, Active{std::move(transfer), std::move(job.done), key});
    CHECK(curl_multi_add_handle(multi_.get(), handle) == CURLM_OK);
  }

  std::unique_ptr<HttpTransfer> idle_transfer() {
    if (idle_.empty()) return std::make_unique<HttpTransfer>();
    std::unique_ptr<HttpTransfer> result = std::move(idle_.back());
    idle_.pop_back();
    return result;
  }

  // True where a request was answered: another may take its place at once.
  bool finish_completed() {
    bool any = false;
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Active active = remove_active(message->easy_handle);
      Result<HttpResponse> response = active.transfer->finish(code);
      idle_.push_back(std::move(active.transfer));
      active.done(std::move(response));
      any = true;
    }
    return any;
  }

  // `handle` by value: the message that it came from dies here.
  Active remove_active(CURL* handle) {
    curl_multi_remove_handle(multi_.get(), handle);
    const auto found = active_.find(handle);
    CHECK(found != active_.end());
    Active active = std::move(found->second);
    active_.erase(found);
    const auto origin = origins_.find(active.origin);
    if (--origin->second.active == 0 && origin->second.waiting.empty()) origins_.erase(origin);
    return active;
  }

  void fail_all() EXCLUDES(mutex_) {
    std::deque<Job> arrived;
    {
      Lock lock(mutex_);
      ended_ = true;
      arrived.swap(arrived_);
    }
    while (!active_.empty()) remove_active(active_.begin()->first).done(stopped());
    for (auto& [key, origin] : origins_) {
      for (Job& job : origin.waiting) job.done(stopped());
    }
    origins_.clear();
    waiting_ = 0;
    for (Job& job : arrived) job.done(stopped());
  }

  const HttpClientLimits limits_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  std::map<std::string, Origin> origins_;  // Only those with something to do.
  std::string served_last_;
  size_t waiting_ = 0;
  std::unordered_map<CURL*, Active> active_;
  std::vector<std::unique_ptr<HttpTransfer>> idle_;

  Mutex mutex_;
  std::deque<Job> arrived_ GUARDED_BY(mutex_);
  size_t queued_ GUARDED_BY(mutex_) = 0;  // Those in `origins_` included.
  size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
};

HttpClient::HttpClient(HttpClientLimits limits) : loop_(std::make_unique<Loop>(limits)) {}
HttpClient::~HttpClient() = default;
void HttpClient::send(HttpRequest request, Done done) {
  loop_->send(std::move(request), std::move(done));
}
void HttpClient::run() { loop_->run(); }
void HttpClient::stop() { loop_->stop(); }

Result<HttpResponse> fetch(const HttpRequest& request) { return fetch_stream(request, nullptr); }

Result<HttpResponse> fetch_stream(const HttpRequest& request,
                                  const std::function<bool(std::string_view)>& take) {
  HttpTransfer transfer;
  if (auto prepared = transfer.prepare(request); !prepared) return prepared.error();
  if (take) transfer.stream_to(take);
  return transfer.finish(curl_easy_perform(transfer.handle()));
}

}  // namespace statewire
