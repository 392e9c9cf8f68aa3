// One io thread of the HTTP server: its event loop, its connections, their deadlines, and the queue
// through which other threads answer. Internal to net: it shows Asio.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/mutex.h"
#include "net/http_server.h"

namespace statewire {

class HttpSession;
// In a list of sessions; leaves it by itself.
struct HttpWaiting
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
};
using SteadyTime = std::chrono::steady_clock::time_point;

// What all workers and sessions of a server share. Sessions may outlive the server.
struct HttpServerShared {
  HttpServerOptions options;
  std::atomic<size_t> connections{0};
  std::atomic<size_t> refused_connections{0};  // Told 503, and no more.
  std::atomic<size_t> control_connections{0};
};

// An order from another thread to a session.
struct HttpSessionOrder {
  enum class Kind { respond, start_stream, flush_stream };
  std::shared_ptr<HttpSession> session;
  Kind kind;
  HttpServerResponse response;  // For the first two.
};

class HttpWorker {
 public:
  explicit HttpWorker(std::shared_ptr<HttpServerShared> shared);

  boost::asio::io_context& context() { return context_; }
  HttpServerShared& shared() { return *shared_; }

  // Any thread. Dropped once the loop has ended.
  void order(HttpSessionOrder order) EXCLUDES(orders_mutex_);
  bool is_this_thread() { return context_.get_executor().running_in_this_thread(); }

  // Serves until begin_stop() and the last session's end.
  void run();
  // The owner, after run() or instead of it: cuts what is left.
  void finish() EXCLUDES(orders_mutex_);

  // The rest belongs to the loop's thread.
  void begin_stop(Duration grace);
  bool is_stopping() const { return stopping_; }
  void add(HttpSession& session) { sessions_.insert(&session); }
  void remove(HttpSession& session);
  // A session of TCP waits for a request: for its first, or for one more. Until it unlinks its
  // hook.
  void wait_for_first(HttpSession& session);
  void wait_for_next(HttpSession& session);
  // Closes one, for its place: the one that has waited longest for a request; where none waits, one
  // whose body does not come. False where there is neither.
  bool free_a_place();
  // Gives up bodies that come slowly, until so many bytes fit into the budget. False where they do
  // not.
  bool make_room_for_body(size_t bytes);
  // One, if any: its bytes are wanted.
  bool give_up_slow_body();
  // No clock is asked for a deadline: the tick's time is near enough.
  SteadyTime now() const { return now_; }

 private:
  void start_tick();
  void tick();
  bool give_up_stalled_body(size_t bytes_held_min);
  void follow_orders() EXCLUDES(orders_mutex_);
  void close_all();

  const std::shared_ptr<HttpServerShared> shared_;
  const Duration tick_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  SteadyTime now_;
  std::unordered_set<HttpSession*> sessions_;
  using Waiting = boost::intrusive::list<HttpWaiting, boost::intrusive::constant_time_size<false>>;
  Waiting new_;
  Waiting idle_;
  SteadyTime none_stalled_at_;              // No body was, by now_ of then.
  std::vector<HttpSessionOrder> followed_;  // The queue's other half, to keep its memory.
  bool stopping_ = false;
  SteadyTime stop_deadline_;

  Mutex orders_mutex_;
  std::vector<HttpSessionOrder> orders_ GUARDED_BY(orders_mutex_);
  bool wake_is_due_ GUARDED_BY(orders_mutex_) = false;
  bool ended_ GUARDED_BY(orders_mutex_) = false;
};

}  // namespace statewire
