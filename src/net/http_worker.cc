#include "net/http_worker.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>

#include "base/log.h"
#include "net/http_session.h"

namespace statewire {
namespace {

// A body may pause so long before its place or its bytes go to others who want them.
constexpr Duration kPatience = std::chrono::seconds(1);
// A large one that comes without a pause may take so long before its bytes do.
constexpr Duration kSlowBodyTime = std::chrono::seconds(5);

Duration tick_for(const HttpServerLimits& limits) {
  const Duration shortest =
      std::min({limits.header_timeout, limits.body_timeout, limits.keep_alive_timeout,
                limits.write_timeout, limits.linger_timeout});
  return std::clamp<Duration>(shortest / 8, std::chrono::milliseconds(5), std::chrono::seconds(1));
}

}  // namespace

HttpWorker::HttpWorker(std::shared_ptr<HttpServerShared> shared)
    : shared_(std::move(shared)),
      tick_(tick_for(shared_->options.limits)),
      work_(context_.get_executor()),
      timer_(context_) {
  timer_.expires_after(tick_);
  now_ = timer_.expiry() - tick_;
  start_tick();
}

// Many answers come at once, after a commit: the first wakes the loop, the others only queue.
void HttpWorker::order(HttpSessionOrder order) {
  bool wake = false;
  {
    Lock lock(orders_mutex_);
    if (ended_) return;
    orders_.push_back(std::move(order));
    wake = !wake_is_due_;
    wake_is_due_ = true;
  }
  if (wake) boost::asio::post(context_, [this] { follow_orders(); });
}

void HttpWorker::follow_orders() {
  {
    Lock lock(orders_mutex_);
    followed_.swap(orders_);
    wake_is_due_ = false;
  }
  for (HttpSessionOrder& order : followed_) order.session->follow(order);
  followed_.clear();
}

// What is thrown outside of a session costs what was being done.
void HttpWorker::run() {
  while (true) {
    try {
      context_.run();
      return;
    } catch (const std::exception& fault) {
      log_error("the HTTP server failed at something", {{"fault", std::string_view(fault.what())}});
    }
  }
}

void HttpWorker::wait_for_first(HttpSession& session) { new_.push_back(session); }
void HttpWorker::wait_for_next(HttpSession& session) { idle_.push_back(session); }

bool HttpWorker::free_a_place() {
  auto& waiting = new_.empty() ? idle_ : new_;
  if (waiting.empty()) return give_up_stalled_body(0);
  static_cast<HttpSession&>(waiting.front()).close();
  return true;
}

bool HttpWorker::make_room_for_body(size_t bytes) {
  const ByteBudget* const budget = shared_->options.budget.get();
  if (budget == nullptr) return true;
  while (!budget->has_room_for(bytes)) {
    if (!give_up_slow_body()) return false;
  }
  return true;
}

bool HttpWorker::give_up_slow_body() {
  if (give_up_stalled_body(1)) return true;
  HttpSession* slowest = nullptr;
  SteadyTime since = now_ - kSlowBodyTime;
  for (HttpSession* session : sessions_) {
    const std::optional<HttpSession::Incoming> body = session->incoming_body();
    if (!body || body->bytes_held <= shared_->options.limits.refused_body_bytes_max) continue;
    if (body->since <= since) slowest = session, since = body->since;
  }
  if (slowest != nullptr) slowest->give_up_body();
  return slowest != nullptr;
}

// The one that has got least for longest. Its deadline says so: each byte moves that on, and a
// client that sends a byte a second hardly does.
bool HttpWorker::give_up_stalled_body(size_t bytes_held_min) {
  if (none_stalled_at_ == now_) return false;
  HttpSession* stalled = nullptr;
  SteadyTime deadline = now_ + shared_->options.limits.body_timeout - kPatience;
  for (HttpSession* session : sessions_) {
    const std::optional<HttpSession::Incoming> body = session->incoming_body();
    if (!body || body->bytes_held < bytes_held_min) continue;
    if (body->deadline <= deadline) stalled = session, deadline = body->deadline;
  }
  if (stalled == nullptr) {
    none_stalled_at_ = now_;
    return false;
  }
  stalled->give_up_body();
  return true;
}

void HttpWorker::finish() {
  {
    Lock lock(orders_mutex_);
    ended_ = true;
  }
  stopping_ = true;
  close_all();
  // Cancelled operations hold their sessions, which hold this: let them see their end.
  context_.restart();
  context_.poll();
  std::vector<HttpSessionOrder> left;
  Lock lock(orders_mutex_);
  left.swap(orders_);
}

void HttpWorker::begin_stop(Duration grace) {
  if (stopping_) return;
  stopping_ = true;
  const std::vector<HttpSession*> sessions(sessions_.begin(), sessions_.end());
  for (HttpSession* session : sessions) session->begin_stop();
  if (sessions_.empty()) return close_all();
  timer_.expires_after(grace);
  stop_deadline_ = timer_.expiry();
  timer_.expires_at(std::min(stop_deadline_, now_ + tick_));
  start_tick();
}

void HttpWorker::remove(HttpSession& session) {
  sessions_.erase(&session);
  if (stopping_ && sessions_.empty()) {
    timer_.cancel();
    work_.reset();
  }
}

void HttpWorker::close_all() {
  const std::vector<HttpSession*> sessions(sessions_.begin(), sessions_.end());
  for (HttpSession* session : sessions) session->close();
  timer_.cancel();
  work_.reset();
}

void HttpWorker::start_tick() {
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) tick();
  });
}

void HttpWorker::tick() {
  now_ = timer_.expiry();
  std::vector<HttpSession*> expired;
  for (HttpSession* session : sessions_) {
    if (session->deadline() <= now_) expired.push_back(session);
  }
  for (HttpSession* session : expired) session->expire();
  if (stopping_ && (sessions_.empty() || now_ >= stop_deadline_)) return close_all();
  timer_.expires_at(stopping_ ? std::min(stop_deadline_, now_ + tick_) : now_ + tick_);
  start_tick();
}

}  // namespace statewire
