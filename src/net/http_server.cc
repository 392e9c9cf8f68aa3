#include "net/http_server.h"

#include <unistd.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/check.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutex.h"
#include "net/http_session.h"
#include "net/http_worker.h"
#include "net/listening_socket.h"
#include "net/tls_context.h"

namespace statewire {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int kAcceptsPerRound = 64;
constexpr int kClosedWhenExhausted = 8;
constexpr auto kExhaustedPause = std::chrono::milliseconds(200);

}  // namespace

HttpStream::HttpStream(std::shared_ptr<HttpSession> session) : session_(std::move(session)) {}
HttpStream::~HttpStream() { close(); }
bool HttpStream::write(std::string_view bytes) {
  return session_ && session_->write_to_stream(bytes);
}
void HttpStream::close() {
  if (session_) std::exchange(session_, nullptr)->end_stream();
}

HttpResponder::HttpResponder(std::shared_ptr<HttpSession> session) : session_(std::move(session)) {}

HttpResponder& HttpResponder::operator=(HttpResponder&& other) noexcept {
  HttpResponder replaced(std::exchange(session_, std::exchange(other.session_, nullptr)));
  return *this;
}

HttpResponder::~HttpResponder() {
  if (!session_) return;
  respond({.status = 500, .content_type = "text/plain", .headers = {}, .body = "no answer\n"});
}

void HttpResponder::respond(HttpServerResponse response) {
  CHECK(session_ != nullptr);
  std::exchange(session_, nullptr)->respond(std::move(response));
}

HttpStream HttpResponder::start_stream(HttpServerResponse response) {
  CHECK(session_ != nullptr);
  session_->start_stream(std::move(response));
  return HttpStream(std::exchange(session_, nullptr));
}

class HttpServer::Tls {
 public:
  explicit Tls(TlsContext its_context) : context(std::move(its_context)) {}
  const TlsContext context;
};

class HttpServer::Parts {
 public:
  explicit Parts(HttpServerOptions options) : shared_(std::make_shared<HttpServerShared>()) {
    shared_->options = std::move(options);
    CHECK(shared_->options.io_threads > 0 && shared_->options.handler);
    for (size_t i = 0; i < shared_->options.io_threads; ++i) {
      workers_.push_back(std::make_shared<HttpWorker>(shared_));
    }
  }

  ~Parts() {
    stop_listening();
    for (const auto& worker : workers_) worker->finish();
  }

  Result<uint16_t> listen(const HttpTcpListener& listener) {
    TlsContext tls;
    if (listener.tls) {
      auto loaded = load_tls_context(*listener.tls);
      if (!loaded) return loaded.error();
      tls = *loaded;
    }
    const auto socket = open_tcp_listener(listener.address, listener.port);
    if (!socket) return socket.error();
    auto door = add_door(socket->descriptor);
    if (!door) return door.error();
    (*door)->is_tls = listener.tls.has_value();
    (*door)->set_tls(std::move(tls));
    return socket->port;
  }

  Result<void> listen_unix(const std::string& path) {
    const auto socket = open_unix_listener(path);
    if (!socket) return socket.error();
    auto door = add_door(socket->descriptor);
    if (!door) return door.error();
    (*door)->unix_path = path;
    return {};
  }

  void use_tls(const TlsContext& context) {
    for (const auto& door : doors_) {
      if (door->is_tls) door->set_tls(context);
    }
  }

  void run_io() {
    const size_t mine = running_.fetch_add(1);
    CHECK(mine < workers_.size());
    if (mine == 0) {
      for (const auto& door : doors_) await_clients(*door);
    }
    workers_[mine]->run();
  }

  void stop(Duration grace) {
    asio::post(workers_[0]->context(), [this] { stop_listening(); });
    for (const auto& worker : workers_) {
      asio::post(worker->context(), [worker = worker.get(), grace] { worker->begin_stop(grace); });
    }
  }

 private:
  // A listening socket. All of them are served by the first worker's thread.
  struct Door {
    explicit Door(asio::io_context& context) : listening(context), pause(context) {}

    void set_tls(TlsContext context) EXCLUDES(mutex) {
      Lock lock(mutex);
      tls = std::move(context);
    }
    TlsContext current_tls() EXCLUDES(mutex) {
      Lock lock(mutex);
      return tls;
    }

    asio::posix::stream_descriptor listening;
    asio::steady_timer pause;
    std::string unix_path;
    bool is_tls = false;
    Mutex mutex;
    TlsContext tls GUARDED_BY(mutex);  // Null for a plain door.
  };

  Result<Door*> add_door(int descriptor) {
    CHECK(running_ == 0);
    auto door = std::make_unique<Door>(workers_[0]->context());
    error_code error;
    door->listening.assign(descriptor, error);
    if (error) {
      ::close(descriptor);
      return failed("cannot listen: " + error.message());
    }
    doors_.push_back(std::move(door));
    return doors_.back().get();
  }

  void await_clients(Door& door) {
    door.listening.async_wait(asio::posix::descriptor_base::wait_read, [&](error_code error) {
      if (!error) accept(door);
    });
  }

  void accept(Door& door) {
    for (int i = 0; i < kAcceptsPerRound; ++i) {
      AcceptedSocket accepted = accept_from(door.listening.native_handle());
      if (accepted.exhausted && free_places(kClosedWhenExhausted)) continue;
      if (accepted.exhausted) {
        log_warn("no connection can be accepted: out of file descriptors or memory");
        door.pause.expires_after(kExhaustedPause);
        return door.pause.async_wait([&](error_code error) {
          if (!error) await_clients(door);
        });
      }
      if (accepted.descriptor < 0) break;
      admit(door, std::move(accepted));
    }
    await_clients(door);
  }

  void admit(Door& door, AcceptedSocket accepted) {
    const bool is_control = accepted.family == AF_UNIX;
    const HttpServerLimits& limits = shared_->options.limits;
    if (!is_control && shared_->connections >= limits.connections_max) free_places(1);
    const bool overloaded = !is_control && shared_->connections >= limits.connections_max;
    std::atomic<size_t>& count = is_control   ? shared_->control_connections
                                 : overloaded ? shared_->refused_connections
                                              : shared_->connections;
    const size_t most = is_control   ? limits.control_connections_max
                        : overloaded ? limits.refused_connections_max
                                     : limits.connections_max;
    if (count >= most) {
      ::close(accepted.descriptor);
      return;
    }
    const std::shared_ptr<HttpWorker>& worker = workers_[next_worker_++ % workers_.size()];
    HttpSession::Socket socket(worker->context().get_executor());
    error_code error;
    socket.assign(asio::generic::stream_protocol(accepted.family, 0), accepted.descriptor, error);
    if (error) {
      ::close(accepted.descriptor);
      return;
    }
    count.fetch_add(1, std::memory_order_relaxed);
    auto session = std::make_shared<HttpSession>(
        worker, std::move(socket), door.current_tls(),
        HttpSession::Peer{std::move(accepted.peer), is_control, count});
    // At once where it is this thread's: the next one must see it wait.
    asio::dispatch(worker->context(),
                   [session = std::move(session), overloaded] { session->start(overloaded); });
  }

  // Of the first worker's, whose thread this is. False where none could be freed.
  bool free_places(int count) {
    bool any = false;
    for (int i = 0; i < count && workers_[0]->free_a_place(); ++i) any = true;
    return any;
  }

  // On the first worker's thread, or after it has ended. Idempotent.
  void stop_listening() {
    for (const auto& door : doors_) {
      if (!door->listening.is_open()) continue;
      if (!door->unix_path.empty()) unlink(door->unix_path.c_str());
      error_code ignored;
      door->listening.close(ignored);
      door->pause.cancel();
    }
  }

  const std::shared_ptr<HttpServerShared> shared_;
  std::vector<std::shared_ptr<HttpWorker>> workers_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::atomic<size_t> running_{0};
  size_t next_worker_ = 0;
};

HttpServer::HttpServer(HttpServerOptions options)
    : parts_(std::make_unique<Parts>(std::move(options))) {}
HttpServer::~HttpServer() = default;

Result<uint16_t> HttpServer::listen(const HttpTcpListener& listener) {
  return parts_->listen(listener);
}
Result<void> HttpServer::listen_unix(const std::string& path) { return parts_->listen_unix(path); }
Result<std::shared_ptr<const HttpServer::Tls>> HttpServer::read_tls(const HttpTlsFiles& files) {
  Result<TlsContext> context = load_tls_context(files);
  if (!context) return context.error();
  return std::shared_ptr<const Tls>(std::make_shared<Tls>(*std::move(context)));
}
void HttpServer::use_tls(const std::shared_ptr<const Tls>& tls) { parts_->use_tls(tls->context); }
void HttpServer::run_io() { parts_->run_io(); }
void HttpServer::stop(Duration grace) { parts_->stop(grace); }

}  // namespace statewire
