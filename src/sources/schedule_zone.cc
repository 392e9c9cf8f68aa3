#include "sources/schedule_zone.h"

#include <date/tz.h>

#include <exception>

namespace statewire {
namespace {

const date::time_zone& zone_of(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

}  // namespace

Result<TimeZone> TimeZone::find(const std::string& name) {
  // The library looks names up as files: only those of zones.
  const bool is_name = !name.empty() && name.front() != '/' &&
                       name.find("..") == std::string::npos &&
                       name.find_first_not_of(
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
                           std::string::npos;
  if (!is_name) return bad_input("not the name of a time zone, such as Europe/Berlin");
  try {
    return TimeZone(date::locate_zone(name));
  } catch (const std::exception&) {
    return not_found("there is no time zone \"" + name + "\"; one is Europe/Berlin");
  }
}

const std::string& TimeZone::name() const { return zone_of(zone_).name(); }

LocalSeconds TimeZone::local(Time time) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const date::sys_seconds sys(seconds.time_since_epoch());
  return LocalSeconds(zone_of(zone_).to_local(sys).time_since_epoch());
}

std::optional<Time> TimeZone::instant(LocalSeconds local) const {
  const date::local_info info =
      zone_of(zone_).get_info(date::local_seconds(local.time_since_epoch()));
  if (info.result == date::local_info::nonexistent) return std::nullopt;
  return Time(local.time_since_epoch() - info.first.offset);
}

}  // namespace statewire
