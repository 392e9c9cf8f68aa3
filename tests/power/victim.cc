// Commits and delivers until its power goes, and says on standard output what it knows:
//   submitted <chunk>
//   acknowledged <chunk> <last sequence at that time>
//   delivered <sequence> <id>
//   trimmed <first sequence that is kept>
//   failed <why>
// A line is one write, so that it is there whole or not at all.
#include <unistd.h>

#include <semaphore>
#include <thread>

#include "base/log.h"
#include "plant.h"

namespace statewire {
namespace {

// The least that a configuration may give, and the default.
constexpr size_t kMemoryBytes[] = {16u << 20, 64u << 20};

void say(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) ::_exit(1);
}

// While others commit.
void trim(Plant& plant, uint64_t end) {
  const Result<void> trimmed = plant.store().trim_journal(end);
  say(trimmed ? "trimmed " + std::to_string(plant.store().first_sequence())
              : "failed " + trimmed.error().text);
}

void send_chunks(Plant& plant, uint64_t seed, uint32_t round, uint32_t thread) {
  std::mt19937_64 random(seed + round);
  const uint64_t trim_from = plant.store().first_sequence();
  const uint64_t before = plant.store().last_sequence();
  const bool trims = thread == 0 && before > trim_from + kEntriesKept;
  for (uint32_t i = 0; i < kChunksOfThread; ++i) {
    if (trims && random() % kTrimOneIn == 0) {
      trim(plant, trim_from + random() % (before - kEntriesKept - trim_from));
    }
    const std::string number = std::to_string(thread * kChunksOfThread + i);
    say("submitted " + number);
    std::binary_semaphore is_done(0);
    const auto done = [&](Result<ChunkFates> fates) {
      const std::string last = std::to_string(plant.store().last_sequence());
      say(fates ? "acknowledged " + number + " " + last : "failed " + fates.error().text);
      is_done.release();
    };
    const ChunkName name{round, thread * kChunksOfThread + i};
    if (const Result<void> taken = plant.submit(seed, name, done); !taken) {
      say("failed " + taken.error().text);
      return;
    }
    is_done.acquire();
  }
}

int run(const std::string& folder, uint64_t seed, uint32_t round, uint64_t cut_at, Lie lie) {
  std::mt19937_64 random(seed + round);
  const PlantOptions options{.disk = {.root = folder + "/store",
                                      .backing = folder + "/backing",
                                      .seed = random(),
                                      .lie = lie,
                                      .cut_at_operation = cut_at},
                             .memory_bytes = kMemoryBytes[random() % std::size(kMemoryBytes)],
                             .retry_one_in = 16};
  auto plant = Plant::start(options, [](uint64_t sequence, std::string_view id) {
    say("delivered " + std::to_string(sequence) + " " + std::string(id));
  });
  if (!plant) {
    say("failed " + plant.error().text);
    return 1;
  }
  std::vector<std::jthread> threads;
  for (uint32_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] { send_chunks(**plant, seed, round, thread); });
  }
  return 0;
}

}  // namespace
}  // namespace statewire

int main(int count, char** arguments) {
  using namespace statewire;
  if (count != 6) return 2;
  set_log(LogLevel::error, LogForm::logfmt);
  return run(arguments[1], std::stoull(arguments[2]),
             static_cast<uint32_t>(std::stoul(arguments[3])), std::stoull(arguments[4]),
             static_cast<Lie>(std::stoi(arguments[5])));
}
