#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "base/text.h"
#include "base/time.h"

namespace statewire {
namespace {

std::atomic<LogForm> log_form{LogForm::logfmt};

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("statewire",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == 0x7f) return true;
  }
  return false;
}

void write(spdlog::level::level_enum level, const char* level_name, std::string_view message,
           LogFields fields) {
  if (!logger().should_log(level)) return;
  const std::string time = format_time(SystemClock().now());
  std::string line;
  if (log_form == LogForm::json) {
    line = "{\"time\":\"" + time + "\",\"level\":\"" + level_name + "\",\"message\":";
    append_json_string(line, message);
    for (const LogField& field : fields) {
      line += ',';
      append_json_string(line, field.key);
      line += ':';
      append_json_string(line, field.value);
    }
    line += '}';
  } else {
    line = "time=" + time + " level=" + level_name + " message=";
    append_json_string(line, message);
    for (const LogField& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      if (needs_quotes(field.value)) {
        append_json_string(line, field.value);
      } else {
        line += field.value;
      }
    }
  }
  logger().log(level, "{}", line);
}

}  // namespace

void set_log(LogLevel level, LogForm form) {
  log_form = form;
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                   spdlog::level::warn, spdlog::level::err,
                                                   spdlog::level::off};
  logger().set_level(kLevels[static_cast<int>(level)]);
}

void log_debug(std::string_view message, LogFields fields) {
  write(spdlog::level::debug, "debug", message, fields);
}
void log_info(std::string_view message, LogFields fields) {
  write(spdlog::level::info, "info", message, fields);
}
void log_warn(std::string_view message, LogFields fields) {
  write(spdlog::level::warn, "warn", message, fields);
}
void log_error(std::string_view message, LogFields fields) {
  write(spdlog::level::err, "error", message, fields);
}

}  // namespace statewire
