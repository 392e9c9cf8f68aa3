#include "workload.h"

#include <random>
#include <span>

#include "base/time.h"

namespace statewire {
namespace {

constexpr std::string_view kStates[] = {"pending", "running", "stopping", "stopped"};
constexpr uint64_t kUnknownOneIn = 16;
// Their samples fill RocksDB's write buffers, so that it flushes and compacts within a round.
constexpr uint64_t kBrokenOneIn = 6;
constexpr size_t kBrokenBytes = 4000;

}  // namespace

std::vector<SentEvent> events_of(uint64_t seed, ChunkName name) {
  const uint64_t key = uint64_t{name.round} << 32 | name.number;
  std::mt19937_64 random(seed ^ (key * 0x9e3779b97f4a7c15u));
  const Time begin = *parse_time("2025-01-01T00:00:00Z") + std::chrono::hours(name.round);
  std::vector<SentEvent> events(1 + random() % kChunkEventsMax);
  for (size_t i = 0; i < events.size(); ++i) {
    SentEvent& event = events[i];
    event.id = "power-" + std::to_string(name.round) + "-" + std::to_string(name.number) + "-" +
               std::to_string(i);
    // A text that begins with a broken line may be no lines at all, and is one event then.
    if (i > 0 && random() % kBrokenOneIn == 0) {
      event.is_known = false;
      event.text = "{broken " + event.id + std::string(kBrokenBytes, ' ');
      for (char& letter : std::span(event.text).subspan(event.text.size() - kBrokenBytes)) {
        letter = static_cast<char>('a' + random() % 26);
      }
      event.text += '\n';
      continue;
    }
    event.is_known = random() % kUnknownOneIn != 0;
    const Time time = begin + std::chrono::seconds(name.number % kChunksOfThread * 10) +
                      std::chrono::seconds(random() % 60);
    event.text = R"({"version":"0","id":")" + event.id + R"(","detail-type":")" +
                 (event.is_known ? "EC2 Instance State-change Notification" : "Nobody Knows") +
                 R"(","source":"aws.ec2","account":"123456789012","time":")" + format_time(time) +
                 R"(","region":"eu-west-1","resources":[],"detail":{"instance-id":"i-)" +
                 std::to_string(1000 + random() % kResources) + R"(","state":")" +
                 std::string(kStates[random() % std::size(kStates)]) + "\"}}\n";
  }
  return events;
}

}  // namespace statewire
