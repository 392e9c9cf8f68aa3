// Structured logs: one line an occurrence, logfmt or JSON, to standard error.
//   log_info("source opened", {{"source", name}, {"path", path}});
// Any thread, and no thread waits: a log that nobody reads loses lines, and says how many once
// somebody does. No secret is ever passed here.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace statewire {

enum class LogLevel { debug, info, warn, error, off };
enum class LogForm { logfmt, json };

struct LogField {
  std::string_view key;
  std::string value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  template <typename T>
    requires std::integral<T>
  LogField(std::string_view k, T v) : key(k), value(std::to_string(v)) {}
};

using LogFields = std::initializer_list<LogField>;

void set_log(LogLevel level, LogForm form);
// Other texts for standard error, as they are and in their turn.
void write_to_log(std::string text);
// Waits until all is written, half a second at most. For a process that ends; exit() does it.
void flush_log();
void log_debug(std::string_view message, LogFields fields = {});
void log_info(std::string_view message, LogFields fields = {});
void log_warn(std::string_view message, LogFields fields = {});
void log_error(std::string_view message, LogFields fields = {});

}  // namespace statewire
