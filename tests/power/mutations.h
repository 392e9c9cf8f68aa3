// What happens to files on a disk, one thing at a time.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace statewire {

struct Mutation {
  std::string file;  // Its kind: "sst", "log", "MANIFEST", …
  std::filesystem::path path;
  uint64_t begin = 0;  // The first byte that is not what it was, or not there.
  std::string what;    // For people: "000012.log: bit 3 of byte 4711 of 90000 is turned"
};

// Does one thing, drawn by `random`, to one file of the store: every kind of file is as likely.
Mutation mutate(const std::filesystem::path& store, std::mt19937_64& random);

}  // namespace statewire
