#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "base/code_point.h"
#include "base/json_writer.h"
#include "base/log_writer.h"
#include "base/time.h"

namespace statewire {
namespace {

// What a process that ends waits for whoever reads its standard error.
constexpr std::chrono::milliseconds kLastWordsTime(500);

std::atomic<LogLevel> log_level{LogLevel::info};
std::atomic<LogForm> log_form{LogForm::logfmt};

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == 0x7f) return true;  // Also beyond ASCII.
  }
  return false;
}

// People read logs in terminals: a text of somebody else may neither steer nor deceive.
void append_quoted(std::string& out, std::string_view text) {
  append_visible(out, json_quoted(text));
}

std::string json_line(std::string_view level, std::string_view message, LogFields fields) {
  const std::string json = json_of([&](JsonWriter& json) {
    json.begin_object();
    json.time("time", SystemClock().now());
    json.word("level", level);
    json.text("message", message);
    for (const LogField& field : fields) {
      json.key_text(field.key);
      json.text(field.value);
    }
    json.end_object();
    json.end_line();
  });
  std::string line;
  append_visible(line, json);
  return line;
}

std::string logfmt_line(std::string_view level, std::string_view message, LogFields fields) {
  std::string line = "time=" + format_time(SystemClock().now()) + " level=";
  line.append(level).append(" message=");
  append_quoted(line, message);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=");
    if (needs_quotes(field.value)) {
      append_quoted(line, field.value);
    } else {
      line += field.value;
    }
  }
  return line + "\n";
}

std::string line_of(std::string_view level, std::string_view message, LogFields fields) {
  return log_form == LogForm::json ? json_line(level, message, fields)
                                   : logfmt_line(level, message, fields);
}

std::string dropped_line(uint64_t count) {
  return line_of("warn", "lines of the log were dropped: nobody read them", {{"lines", count}});
}

// Never destroyed: a thread that was left behind may log until the very end.
LogWriter& writer() {
  static LogWriter* const instance = [] {
    std::atexit(flush_log);
    return new LogWriter(STDERR_FILENO, dropped_line);
  }();
  return *instance;
}

void write(LogLevel level, std::string_view name, std::string_view message, LogFields fields) {
  if (level >= log_level) writer().put(line_of(name, message, fields));
}

}  // namespace

void set_log(LogLevel level, LogForm form) {
  log_form = form;
  log_level = level;
}

void write_to_log(std::string text) {
  if (!text.empty()) writer().put(std::move(text));
}

void flush_log() { writer().flush(kLastWordsTime); }

void log_debug(std::string_view message, LogFields fields) {
  write(LogLevel::debug, "debug", message, fields);
}
void log_info(std::string_view message, LogFields fields) {
  write(LogLevel::info, "info", message, fields);
}
void log_warn(std::string_view message, LogFields fields) {
  write(LogLevel::warn, "warn", message, fields);
}
void log_error(std::string_view message, LogFields fields) {
  write(LogLevel::error, "error", message, fields);
}

}  // namespace statewire
