// What the hardware and the libraries do with no work of ours: the floors of bench/run.py's table.
// Each prints one number.
//   floors parse FILE          lines a second that simdjson's DOM parses, from memory
//   floors write STORE FOLDER  entries a second that RocksDB writes: the blocks of a stopped
//   store's
//                              journal with as many of its records, each as one synced batch
//   floors serve               its port; answers 202 to whatever is asked, until standard input
//   ends
#include <simdjson.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "net/http_server.h"
#include "store/block.h"
#include "store/engine.h"
#include "store/store.h"

namespace statewire {
namespace {

constexpr size_t kEntriesMax = 200'000;  // They stand in memory.

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double parsed_a_second(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const size_t size = text.size();
  text.resize(size + simdjson::SIMDJSON_PADDING);
  simdjson::dom::parser parser;
  size_t lines = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (size_t at = 0; at < size; ++lines) {
    const char* const line = text.data() + at;
    const size_t length = std::string_view(line, size - at).find('\n');
    CHECK(parser.parse(line, length, false).error() == simdjson::SUCCESS);
    at += length + 1;
  }
  return static_cast<double>(lines) / seconds_since(begin);
}

struct Stored {
  std::string key;
  std::string value;
};

std::vector<Stored> read(const Engine& engine, Family family, size_t count_max) {
  std::vector<Stored> found;
  CHECK(engine.each(family, {}, Direction::forward,
                    [&](std::string_view key, std::string_view value) {
                      found.push_back({std::string(key), std::string(value)});
                      return found.size() < count_max;
                    }));
  return found;
}

double written_a_second(const char* store, const std::string& folder) {
  StoreOptions options{.path = store};
  options.read_only = true;
  auto from = open_rocksdb_engine(options);
  CHECK(from.ok());
  const std::vector<Stored> records = read(**from, Family::resources, kEntriesMax);
  const std::vector<Stored> blocks = read(**from, Family::journal, 2'000);
  from->reset();
  std::filesystem::remove_all(folder);
  auto to = open_rocksdb_engine({.path = folder});
  CHECK(to.ok() && !records.empty());
  size_t entries = 0;
  EngineBatch batch;
  const auto begin = std::chrono::steady_clock::now();
  for (const Stored& block : blocks) {
    if (entries >= kEntriesMax) break;
    const auto reader = BlockReader::open(block.value);
    CHECK(reader.ok());
    batch.clear();
    batch.put_views(Family::journal, block.key, block.value);
    for (size_t i = 0; i < reader->size(); ++i) {
      const Stored& record = records[(entries + i) * 7919 % records.size()];
      batch.put_views(Family::resources, record.key, record.value);
    }
    CHECK((*to)->write(batch, Sync::yes));
    entries += reader->size();
  }
  const double rate = static_cast<double>(entries) / seconds_since(begin);
  to->reset();
  std::filesystem::remove_all(folder);
  return rate;
}

void serve() {
  HttpServer server({.handler = [](HttpServerRequest&&, HttpResponder responder) {
    responder.respond({.status = 202,
                       .content_type = "application/json",
                       .body = R"({"accepted":1,"duplicate":0,"rejected":0})"});
  }});
  const Result<uint16_t> port = server.listen({.address = "127.0.0.1", .port = 0});
  CHECK(port.ok());
  std::printf("%u\n", unsigned{*port});
  std::fflush(stdout);
  std::jthread io([&] { server.run_io(); });
  char end = 0;
  while (::read(STDIN_FILENO, &end, 1) > 0) {
  }
  server.stop(std::chrono::seconds(1));
}

}  // namespace
}  // namespace statewire

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "parse" && argc == 3) {
    std::printf("%.0f\n", statewire::parsed_a_second(argv[2]));
  } else if (what == "write" && argc == 4) {
    std::printf("%.0f\n", statewire::written_a_second(argv[2], argv[3]));
  } else if (what == "serve" && argc == 2) {
    statewire::serve();
  } else {
    std::fputs("usage: floors parse FILE | floors write STORE FOLDER | floors serve\n", stderr);
    return 2;
  }
  return 0;
}
