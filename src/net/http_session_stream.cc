// The streaming part of a connection: writers on any thread append to `stream_pending_`, and the
// worker's thread takes all of it at once and writes it as one piece.
#include <cstdio>

#include "net/http_session.h"

namespace statewire {

void HttpSession::start_stream(HttpServerResponse response) {
  worker_->order({shared_from_this(), HttpSessionOrder::Kind::start_stream, std::move(response)});
}

void HttpSession::begin_stream(HttpServerResponse& response) {
  if (phase_ != Phase::handling) return;  // The connection ended before its answer came.
  phase_ = answers_head_only_ ? Phase::writing : Phase::streaming;
  set_deadline(limits().write_timeout);
  chunked_stream_ = !parser_.is_http_1_0();
  closes_after_answer_ = true;
  out_.clear();
  append_response_head(out_, response,
                       {.body = chunked_stream_ ? HttpBodyForm::chunked : HttpBodyForm::to_end,
                        .keep_alive = false});
  if (answers_head_only_) return write(&HttpSession::after_answer);
  {
    Lock lock(stream_mutex_);
    stream_bytes_ += response.body.size();
    stream_pending_.insert(0, response.body);
  }
  stream_is_writing_ = true;
  write(&HttpSession::after_stream_piece);
  drain();  // A client that goes says so by ending its side.
  if (worker_->is_stopping()) end_stream();
}

bool HttpSession::write_to_stream(std::string_view bytes) {
  bool is_cut = false;
  {
    Lock lock(stream_mutex_);
    if (stream_is_closed_ || stream_is_cut_) return false;
    if (stream_bytes_ + bytes.size() > limits().stream_bytes_max) {
      is_cut = stream_is_cut_ = true;
    } else {
      stream_bytes_ += bytes.size();
      const bool flush_is_due = !stream_pending_.empty();
      stream_pending_ += bytes;
      if (flush_is_due) return true;
    }
  }
  order_flush();
  return !is_cut;
}

void HttpSession::end_stream() {
  {
    Lock lock(stream_mutex_);
    if (stream_is_closed_) return;
    stream_is_closed_ = true;
  }
  order_flush();
}

void HttpSession::order_flush() {
  worker_->order({shared_from_this(), HttpSessionOrder::Kind::flush_stream, {}});
}

void HttpSession::flush_stream() {
  if (phase_ != Phase::streaming) return;
  bool is_cut = false;
  bool is_closed = false;
  {
    Lock lock(stream_mutex_);
    is_cut = stream_is_cut_;
    is_closed = stream_is_closed_;
    if (!is_cut && !stream_is_writing_) out_body_.swap(stream_pending_);
  }
  if (is_cut) return close();
  if (stream_is_writing_) return;
  if (out_body_.empty()) {
    if (!is_closed) return;
    stream_is_ending_ = true;
  }
  // Each piece is framed whole, so that one write carries it (RFC 9112 section 7.1).
  out_.clear();
  if (chunked_stream_) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", out_body_.size());
    out_ = size;
    out_body_ += "\r\n";
  }
  stream_is_writing_ = true;
  set_deadline(limits().write_timeout);
  write(&HttpSession::after_stream_piece);
}

void HttpSession::after_stream_piece() {
  stream_is_writing_ = false;
  deadline_ = SteadyTime::max();
  if (stream_is_ending_) return linger();
  {
    Lock lock(stream_mutex_);
    stream_bytes_ = stream_pending_.size();
  }
  flush_stream();
}

}  // namespace statewire
