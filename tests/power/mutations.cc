#include "mutations.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "base/check.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kPageBytes = 4096;

// "000012.sst" is of the kind sst, "MANIFEST-000004" of MANIFEST.
std::string kind_of_file(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (!extension.empty()) return extension.substr(1);
  const std::string name = path.filename().string();
  return name.substr(0, name.find('-'));
}

struct Change {
  uint64_t begin;
  std::string what;
};

Change turn_bit(const fs::path& path, uint64_t size, std::mt19937_64& random) {
  const uint64_t at = random() % size;
  const int bit = static_cast<int>(random() % 8);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(byte ^ (1 << bit)));
  CHECK(file.good());
  return {at, "bit " + std::to_string(bit) + " of byte " + std::to_string(at) + " is turned"};
}

Change zero_page(const fs::path& path, uint64_t size, std::mt19937_64& random) {
  const uint64_t begin = random() % size / kPageBytes * kPageBytes;
  const uint64_t end = std::min(begin + kPageBytes, size);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(begin));
  file << std::string(end - begin, '\0');
  CHECK(file.good());
  return {begin, "bytes " + std::to_string(begin) + " to " + std::to_string(end) + " are zeros"};
}

// Where records end in a file that is laid out as the library's logs are: in blocks, each record
// behind the 7 bytes of its header.
std::vector<uint64_t> ends_of_records(const fs::path& path) {
  constexpr uint64_t kBlock = 32768;
  constexpr uint64_t kHeader = 7;
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  const std::string bytes = text.str();
  std::vector<uint64_t> ends{0};
  for (uint64_t at = 0; at + kHeader <= bytes.size();) {
    if (kBlock - at % kBlock < kHeader) {
      at += kBlock - at % kBlock;
      continue;
    }
    at += kHeader + static_cast<uint8_t>(bytes[at + 4]) + 256 * static_cast<uint8_t>(bytes[at + 5]);
    if (at < bytes.size()) ends.push_back(at);
  }
  return ends;
}

// Every other one of logs between two records: the library sees nothing there.
Change cut(const fs::path& path, uint64_t size, std::mt19937_64& random) {
  uint64_t left = random() % size;
  const std::string kind = kind_of_file(path);
  if ((kind == "log" || kind == "MANIFEST") && random() % 2 == 0) {
    const std::vector<uint64_t> ends = ends_of_records(path);
    left = ends[random() % ends.size()];
  }
  fs::resize_file(path, left);
  return {left, "it is cut to " + std::to_string(left) + " bytes"};
}

Change do_one_thing(const fs::path& path, uint64_t size, std::mt19937_64& random) {
  switch (size == 0 ? 0 : random() % 6) {
    case 0:
      fs::remove(path);
      return {0, "it is gone"};
    case 1:
      return cut(path, size, random);
    case 2:
      return zero_page(path, size, random);
    default:
      return turn_bit(path, size, random);
  }
}

}  // namespace

Mutation mutate(const fs::path& store, std::mt19937_64& random) {
  std::map<std::string, std::vector<fs::path>> files;  // By kind.
  for (const fs::directory_entry& entry : fs::directory_iterator(store)) {
    if (entry.is_regular_file()) files[kind_of_file(entry.path())].push_back(entry.path());
  }
  CHECK(!files.empty());
  auto at = files.begin();
  std::advance(at, random() % files.size());
  auto& [kind, paths] = *at;
  std::ranges::sort(paths);
  const fs::path path = paths[random() % paths.size()];
  const uint64_t size = fs::file_size(path);
  const Change change = do_one_thing(path, size, random);
  return {
      .file = kind,
      .path = path,
      .begin = change.begin,
      .what = path.filename().string() + " of " + std::to_string(size) + " bytes: " + change.what};
}

}  // namespace statewire
