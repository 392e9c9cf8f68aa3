// One row of the table, by PatternSet:
//
//   set_bench EVENTS RULES COUNT BUILD_SECONDS WARM_UP_SECONDS SECONDS
//
// Prints a line of JSON when it is ready, and then one for each line that it reads: a round of so
// many seconds. Events come one at a time, as they do to the other matchers, and then as lines of a
// text, which is how the program itself reads them.
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/json_writer.h"
#include "lines/line_matches.h"
#include "measure.h"

namespace statewire {
namespace {

constexpr size_t kBlockBytes = 256 << 10;

size_t resident_bytes() {
  ::malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  size_t all = 0;
  size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

// Why the rules could not be built; empty where they were.
std::string build(const char* path, uint32_t count, double seconds, PatternSet& set) {
  const double begin = measure::processor_seconds();
  std::ifstream rules(path);
  std::string rule;
  for (uint32_t i = 0; i < count && std::getline(rules, rule); ++i) {
    const auto compiled = Pattern::compile(rule);
    if (const auto* error = std::get_if<PatternError>(&compiled)) {
      return "refuses " + rule + ": " + error->text;
    }
    set.add(i, std::get<Pattern>(compiled));
    if (i % 256 == 0 && measure::processor_seconds() - begin > seconds) {
      return "building takes too long: " + std::to_string(i) + " rules";
    }
  }
  set.seal();
  return {};
}

// Counts matches up to each power of ten, as far as the time goes.
template <typename Match>
std::string first_pass(const measure::Events& events, double seconds, Match&& match) {
  const measure::Clock::time_point begin = measure::Clock::now();
  const size_t size = events.lines().size();
  std::string out;
  uint64_t count = 0;
  uint64_t power = 1;
  for (size_t i = 0; i < size && measure::seconds_since(begin) < seconds; ++i) {
    count += match(events.lines()[i]);
    if (i + 1 != power && i + 1 != size) continue;
    out += (out.empty() ? "\"" : ", \"") + std::to_string(i + 1) + "\": " + std::to_string(count);
    power *= 10;
  }
  return out;
}

// Events cut into blocks of whole lines, and how many each has.
struct Block {
  std::string_view text;
  uint64_t events = 0;
};

std::vector<Block> blocks_of(const measure::Events& events) {
  std::vector<Block> blocks;
  for (const std::string_view line : events.lines()) {
    if (blocks.empty() || blocks.back().text.size() + line.size() > kBlockBytes) {
      blocks.push_back({std::string_view(line.data(), 0)});
    }
    Block& block = blocks.back();
    const char* const begin = block.text.data();
    block.text = {begin, static_cast<size_t>(line.data() + line.size() + 1 - begin)};
    ++block.events;
  }
  return blocks;
}

double rate_of_lines(const std::vector<Block>& blocks, const PatternSet& set, LineScratch& scratch,
                     double seconds) {
  const measure::Clock::time_point begin = measure::Clock::now();
  const double processor_begin = measure::processor_seconds();
  uint64_t done = 0;
  uint64_t sum = 0;
  double passed = 0;
  for (size_t next = 0; passed < seconds; next = (next + 1) % blocks.size()) {
    const Block& block = blocks[next];
    const simdjson::padded_string_view text(block.text.data(), block.text.size(),
                                            block.text.size() + simdjson::SIMDJSON_PADDING);
    LineMatches lines(set, scratch, text);
    uint64_t lines_done = 0;
    while (passed < seconds && lines.next()) {
      sum += lines.ids().size();
      if (++lines_done % 16 == 0) passed = measure::seconds_since(begin);
    }
    done += lines_done;
    passed = measure::seconds_since(begin);
  }
  measure::sink = measure::sink + sum;
  return static_cast<double>(done) / (measure::processor_seconds() - processor_begin);
}

int run(char** arguments) {
  const measure::Events events(arguments[1]);
  const double warm_up = std::atof(arguments[5]);
  const double seconds = std::atof(arguments[6]);
  const size_t before = resident_bytes();
  const double begin = measure::processor_seconds();
  PatternSet set;
  const std::string problem = build(arguments[2], static_cast<uint32_t>(std::atoi(arguments[3])),
                                    std::atof(arguments[4]), set);
  const double built = measure::processor_seconds() - begin;
  if (!problem.empty()) {
    std::printf("{\"problem\": %s}\n", json_quoted(problem).c_str());
    return 0;
  }
  const size_t memory = resident_bytes() - before;

  LineScratch scratch;
  const auto match = [&](std::string_view event) -> uint64_t {
    const simdjson::padded_string_view text(event.data(), event.size(),
                                            event.size() + simdjson::SIMDJSON_PADDING);
    LineMatches lines(set, scratch, text);
    return lines.next() ? lines.ids().size() : 0;
  };
  const std::string matches = first_pass(events, 2 * warm_up, match);
  measure::rate(events, warm_up, match);
  const std::vector<Block> blocks = blocks_of(events);
  measure::serve("{\"build_seconds\": " + std::to_string(built) + ", \"memory_bytes\": " +
                     std::to_string(memory) + ", \"matches\": {" + matches + "}}",
                 [&] {
                   measure::rate(events, measure::kWarmAgainSeconds, match);
                   const double single = measure::rate(events, seconds, match);
                   const double lines = rate_of_lines(blocks, set, scratch, seconds);
                   return "{\"events_per_second\": " + std::to_string(single) +
                          ", \"lines_per_second\": " + std::to_string(lines) + "}";
                 });
  return 0;
}

}  // namespace
}  // namespace statewire

int main(int argc, char** argv) { return argc == 7 ? statewire::run(argv) : 2; }
