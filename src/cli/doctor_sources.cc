// Sources that need nobody else: files, as the daemon would find them now, and schedules.
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "cli/doctor.h"
#include "sources/byte_input.h"
#include "sources/file_names.h"

namespace statewire {
namespace {

constexpr std::string_view kLetItBeRead = "make it, or let this user read it";

// Empty: it can be read.
std::string file_fault(const std::string& path) {
  if (const Result<FileSight> sight = identify(path); !sight) return sight.error().text;
  return ::access(path.c_str(), R_OK) == 0 ? "" : reason_of(errno);
}

void look_at_files(const Node& source, Findings& findings) {
  const std::string what = "source " + std::string(source.key());
  const std::string pattern = source.find("path").file_path();
  if (const std::string fault = place_fault(pattern); !fault.empty()) {
    return findings.wrong(what, fault, kLetItBeRead);
  }
  const std::vector<std::string> paths = paths_of(pattern);
  if (paths.empty()) {
    const std::string none = "no file matches " + pattern;
    return source.find("follow").boolean(false)
               ? findings.doubtful(what, none, "it is read once it comes; is the name right?")
               : findings.wrong(what, none, kLetItBeRead);
  }
  std::string first;
  size_t faults = 0;
  for (const std::string& path : paths) {
    const std::string fault = file_fault(path);
    if (fault.empty()) continue;
    if (++faults == 1) first = path + ": " + fault;
  }
  if (faults > 1) first += "; and " + counted(faults - 1, "other file");
  if (faults > 0) return findings.wrong(what, first, kLetItBeRead);
  findings.well(what, pattern + (paths.size() > 1 ? ", " + counted(paths.size(), "file") : ""));
}

void look_at_schedule(const SourceSetting& schedule, Findings& findings) {
  const std::string what = "source " + schedule.name;
  if (const std::optional<Time> next = schedule.source->next_time()) {
    return findings.well(what, "fires next at " + format_time(*next));
  }
  findings.doubtful(what, schedule.source->note().text, "remove it, or give it times to come");
}

}  // namespace

void look_at_sources(const Settings& settings, Findings& findings) {
  for (const Node& source : settings.document->root().find("sources").entries()) {
    if (source.find("kind").text() == "file") look_at_files(source, findings);
  }
  for (const SourceSetting& source : settings.sources) {
    if (source.kind->name == "schedule") look_at_schedule(source, findings);
  }
}

}  // namespace statewire
