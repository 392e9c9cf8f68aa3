// Errors of the environment, by value. Bugs are CHECKs; expected outcomes are enums of their own.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace statewire {

// A new kind only when a caller branches on it.
enum class ErrorKind {
  failed,       // The environment said no: a file, a socket, a disk.
  bad_input,    // What was given cannot be accepted; the text says what would be right.
  not_found,    // What was named does not exist.
  unavailable,  // Try again later: busy, full, stopping.
  damaged,      // What was stored is not what was written, or of another format: nobody's request
                // is to blame.
};

struct Error {
  ErrorKind kind = ErrorKind::failed;
  std::string text;  // For people. Never holds a secret.
};

inline Error failed(std::string text) { return {ErrorKind::failed, std::move(text)}; }
inline Error bad_input(std::string text) { return {ErrorKind::bad_input, std::move(text)}; }
inline Error not_found(std::string text) { return {ErrorKind::not_found, std::move(text)}; }
inline Error unavailable(std::string text) { return {ErrorKind::unavailable, std::move(text)}; }
inline Error damaged(std::string text) { return {ErrorKind::damaged, std::move(text)}; }

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return content_.index() == 0; }
  bool ok() const { return content_.index() == 0; }

  T& value() & {
    CHECK(ok());
    return std::get<0>(content_);
  }
  const T& value() const& {
    CHECK(ok());
    return std::get<0>(content_);
  }
  // By value: a loop over `*made()` keeps what it runs over.
  T value() && {
    CHECK(ok());
    return std::get<0>(std::move(content_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    CHECK(!ok());
    return std::get<1>(content_);
  }

 private:
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  explicit operator bool() const { return ok_; }
  bool ok() const { return ok_; }
  const Error& error() const {
    CHECK(!ok_);
    return error_;
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace statewire
