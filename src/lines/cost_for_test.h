// What one event may cost against many patterns, and what compiling a pattern may: for tests and
// for the fuzzer of cost.
//
// A case is three lines: how many patterns, a template of each, and one of the event. In a template
// `<1000:…>` repeats what it holds, and `#` is the number of the repetition, or outside of all the
// number of the pattern; `<#:…>` repeats so often.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/sanitizers_for_test.h"
#include "lines/line_matches.h"

namespace statewire::cost {

// What matching a byte may take, of the event and of the patterns together, where they are not
// small: matching checks its steps now and then, so it may go a little further.
inline constexpr uint64_t kStepsOfByteMax = 512;
inline constexpr uint64_t kStepsOfSmallMax = kMatchStepsMax + (kMatchStepsMax >> 4);
// Of the processor. The margin is wide, and work that is no step and grows faster is far beyond.
inline constexpr double kSecondsMin = 1;
inline constexpr double kSecondsOfByte = 1e-6;
inline constexpr double kSecondsOfStep = 1e-7;
// Peaks beyond what was there before.
inline constexpr double kMemoryMin = 32e6;
inline constexpr double kMemoryOfByte = 160;

inline constexpr double kSlower = kIsSanitized ? 12 : 1;
inline constexpr bool kMeasuresMemory = !kIsSanitized;

// Faults that there once were, each with its kind.
struct KnownFault {
  std::string_view name;
  std::string_view text;
};
inline constexpr KnownFault kKnownFaults[] = {
    {"as many values as fit", "1\n{\"a\":[5]}\n{\"a\":[<500000:1,>1]}"},
    {"as many values as fit into a pattern", "1\n{\"a\":[<500000:1,>1]}\n{}"},
    {"as many alternatives as fit", "1\n{\"$or\":[<100000:{\"a\":[1]},>{\"b\":[1]}]}\n{}"},
    {"repeated keys",
     "1\n{\"\":[1],\"source\":[\"x\"],\"z\":[1]}\n{<100000:\"\":0,><49000:\"source\":0,>\"\":0}"},
    {"equal values",
     "1000\n{\"a\":[\"x\"],\"b\":[\"y#\"]}\n{\"a\":[<16000:\"x\",>1],\"b\":[<16000:\"z\",>1]}"},
    {"equal values of short wildcards",
     "1000\n{\"a\":[{\"wildcard\":\"*x*y#*\"}]}\n{\"a\":[<16000:\"xzy\",>1]}"},
    {"a long text and short wildcards",
     "1000\n{\"a\":[{\"wildcard\":\"*ab*c*\"}],\"b\":[#]}\n{\"a\":\"<500000:ab>\",\"b\":[<1000:#,>"
     "0]}"},
    {"a long text of one gram",
     "1000\n{\"a\":[{\"wildcard\":\"*aaaa#*\"}]}\n{\"a\":\"<1000000:a>\"}"},
    {"elements and rules",
     "1000\n{\"i\":{\"a\":[\"x#\"],\"b\":[\"y\"]}}\n{\"i\":[<40000:{\"a\":\"x#\",\"b\":\"z\"},>{}]"
     "}"},
    {"elements and one prefix",
     "1000\n{\"i\":{\"a\":[{\"prefix\":\"x\"}],\"b\":[\"#\"]}}\n{\"i\":[<40000:{\"a\":\"x#\",\"b\":"
     "1},>{}]}"},
    {"numbers and ranges", "1000\n{\"a\":[{\"numeric\":[\">\",-#]}]}\n{\"a\":[<100000:#,>0]}"},
    {"elements and clauses",
     "1\n{\"i\":{<9000:\"k#\":[2,{\"exists\":false}],>\"a\":[1]}}\n{\"i\":[<60000:{\"a\":1},>{"
     "\"k1\":1}]}"},
    {"suffixes of many sizes",
     "1\n{\"a\":[<1300:{\"suffix\":\"<#:x>\"},>1]}\n{\"a\":[<600:\"<1400:x>y\",>1]}"},
    {"$or beside many fields",
     "1\n{\"$or\":[<999:{\"a\":[#]},>{\"b\":[1]}],<4000:\"k#\":[1],>\"c\":[1]}\n{}"},
    {"$or beside many values",
     "1\n{\"$or\":[<999:{\"a\":[#]},>{\"b\":[1]}],\"c\":[<5000:\"v#\",>1]}\n{}"},
    {"a long key over many", "1\n{\"<100000:k>\":{<8000:\"#\":[1],>\"c\":[1]}}\n{}"},
    {"errors below a long key", "1\n{\"<100000:k>\":{<10000:\"#\":1,>\"c\":[1]}}\n{}"},
    {"many fields of four values",
     "100\n{<8:\"k#\":[\"1\",\"2\",\"3\",\"4\"],>\"y\":[1]}\n{\"k1\":\"1\"}"},
    {"$or over fields of four values",
     "1\n{\"$or\":[<900:{\"z\":[{\"numeric\":[\">\",#]}]},>{\"b\":[1]}],<6:\"k#\":[\"1\",\"2\","
     "\"3\","
     "\"4\"],>\"y\":[1]}\n{}"},
};

class Template {
 public:
  static constexpr size_t kBytesMax = size_t{3} << 20;

  static std::string expanded(std::string_view text, uint64_t number) {
    std::string out;
    append(text, number, out);
    return out;
  }

 private:
  static void append(std::string_view text, uint64_t number, std::string& out) {
    for (size_t i = 0; i < text.size() && out.size() < kBytesMax; ++i) {
      if (text[i] == '#') {
        out += std::to_string(number);
      } else if (text[i] == '<') {
        i = repeat(text, i, number, out);
      } else {
        out += text[i];
      }
    }
  }

  // The place of the bracket that closes the one at `begin`.
  static size_t repeat(std::string_view text, size_t begin, uint64_t number, std::string& out) {
    const size_t colon = std::min(text.find(':', begin), text.size());
    uint64_t count = number;
    std::from_chars(text.data() + begin + 1, text.data() + colon, count);
    size_t end = colon;
    for (int depth = 1; end < text.size() && depth > 0;) {
      ++end;
      if (end < text.size() && text[end] == '<') ++depth;
      if (end < text.size() && text[end] == '>') --depth;
    }
    const std::string_view body = colon < end ? text.substr(colon + 1, end - colon - 1) : "";
    for (uint64_t i = 0; i < count && !body.empty() && out.size() < kBytesMax; ++i) {
      append(body, i, out);
    }
    return end;
  }
};

struct Cost {
  size_t bytes = 0;
  uint64_t steps = 0;
  double seconds = 0;
  double memory = 0;
};

class Meter {
 public:
  Meter() : before_(peak(true)), begin_(std::clock()) {}

  // Empty where it is within what so many bytes may take.
  std::string fault(const char* what, Cost& cost) const {
    cost.seconds = static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC;
    cost.memory = kMeasuresMemory ? peak(false) - before_ : 0;
    const auto bytes = static_cast<double>(cost.bytes);
    const double seconds_max =
        kSlower * (kSecondsMin + kSecondsOfByte * bytes +
                   kSecondsOfStep * static_cast<double>(std::min(cost.steps, kMatchStepsMax)));
    const bool is_large =
        cost.steps > kStepsOfSmallMax && cost.steps > kStepsOfByteMax * cost.bytes;
    if (!is_large && cost.seconds <= seconds_max &&
        cost.memory <= kMemoryMin + kMemoryOfByte * bytes) {
      return {};
    }
    return std::string(what) + " of " + std::to_string(cost.bytes) + " bytes took " +
           std::to_string(cost.steps) + " steps, " + std::to_string(cost.seconds) + " s, " +
           std::to_string(static_cast<int64_t>(cost.memory / 1e6)) + " MB";
  }

 private:
  // Of the memory of this process, in bytes; since the last reset.
  static double peak(bool resets) {
    if (resets) std::ofstream("/proc/self/clear_refs") << 5;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return 1024 * std::strtod(line.c_str() + 6, nullptr);
    }
    return 0;
  }

  double before_;
  std::clock_t begin_;
};

struct Costs {
  Cost patterns;
  Cost event;
};

// Compiles the patterns, and matches the event as a line and as it is parsed. What costs more than
// it may; empty where nothing does.
inline std::string excess_of(std::string_view text, Costs& costs) {
  Cost& of_patterns = costs.patterns;
  Cost& cost = costs.event;
  const size_t first = std::min(text.find('\n'), text.size());
  const size_t second = std::min(text.find('\n', first + 1), text.size());
  uint32_t count = 0;
  std::from_chars(text.data(), text.data() + first, count);
  PatternSet set;
  const Meter compiling;
  for (uint32_t i = 0; i < std::min<uint32_t>(count, 2'000); ++i) {
    const std::string json = Template::expanded(
        text.substr(std::min(first + 1, second), second - std::min(first + 1, second)), i);
    of_patterns.bytes += json.size();
    if (of_patterns.bytes > 2 * Template::kBytesMax) break;
    const auto compiled = Pattern::compile(json);
    if (const auto* pattern = std::get_if<Pattern>(&compiled)) set.add(i, *pattern);
  }
  set.seal();
  if (std::string fault = compiling.fault("compiling patterns", of_patterns); !fault.empty()) {
    return fault;
  }
  const std::string event = Template::expanded(text.substr(std::min(second + 1, text.size())), 0);
  const simdjson::padded_string line(event);
  cost.bytes = event.size() + of_patterns.bytes;
  lines::JsonReader reader;
  pattern::Leaves leaves;
  pattern::Hits hits;
  const Meter reading;
  if (reader.read(line, set.paths(), leaves)) {
    set.find(leaves, hits);
    set.judge(leaves, hits);
  }
  cost.steps = leaves.steps.taken();
  if (std::string fault = reading.fault("a line", cost); !fault.empty()) return fault;
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(line).get(element)) return {};
  PatternScratch scratch;
  const Meter matching;
  const bool is_judged = set.match(element, scratch).has_value();
  std::string fault = matching.fault("an event", cost);
  if (fault.empty() && is_judged != (cost.steps <= kMatchStepsMax)) {
    fault = "line and event are not judged alike";
  }
  return fault;
}

}  // namespace statewire::cost
