// Layout of a log: blocks of 32 KiB. A piece of a record has a header of 7 bytes: the masked
// CRC-32C of type and bytes:4, how many bytes:2, type:1, little-endian. No piece goes over the end
// of a block, so a record of more has a first, any number of middle ones, and a last. A block ends
// in zeros where no header has room.
#include "store/log_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/crc.hpp>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/descriptor.h"
#include "base/limits.h"
#include "store/wire.h"

namespace statewire {
namespace {

constexpr size_t kLogBlockBytes = 32768;
constexpr size_t kPieceHeaderBytes = 7;
constexpr size_t kPageBytes = 4096;
constexpr uint32_t kCrcMaskDelta = 0xa282ead8;

enum PieceType : uint8_t { kNone = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

uint32_t masked_crc(char type, std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_byte(static_cast<uint8_t>(type));
  crc.process_bytes(bytes.data(), bytes.size());
  const uint32_t sum = crc.checksum();
  return ((sum >> 15) | (sum << 17)) + kCrcMaskDelta;
}

Error failed_file(const std::string& path) {
  return failed(path + ": " + std::generic_category().message(errno));
}

class LogWriter {
 public:
  explicit LogWriter(int file) : file_(file) {}

  // False where it cannot be written; errno says why.
  bool add(std::string_view record) {
    bool is_first = true;
    do {
      size_t room = kLogBlockBytes - at_;
      if (room < kPieceHeaderBytes) {
        bytes_.append(room, '\0');
        at_ = 0;
        room = kLogBlockBytes;
      }
      const std::string_view piece = record.substr(0, room - kPieceHeaderBytes);
      record.remove_prefix(piece.size());
      const bool is_last = record.empty();
      add_piece(is_first ? (is_last ? kFull : kFirst) : (is_last ? kLast : kMiddle), piece);
      is_first = false;
    } while (!record.empty());
    return bytes_.size() < kSalvagedBytesAtATime || flush();
  }

  bool flush() {
    const Written written = write_all(file_, bytes_);
    bytes_.clear();
    errno = written.error;
    return written.error == 0;
  }

 private:
  void add_piece(PieceType type, std::string_view piece) {
    std::array<char, kPieceHeaderBytes> header;
    to_little_endian(masked_crc(static_cast<char>(type), piece), header.data());
    to_little_endian(static_cast<uint16_t>(piece.size()), header.data() + 4);
    header[6] = static_cast<char>(type);
    bytes_.append(header.data(), header.size());
    bytes_.append(piece);
    at_ = (at_ + header.size() + piece.size()) % kLogBlockBytes;
  }

  const int file_;
  size_t at_ = 0;  // In the block.
  std::string bytes_;
};

class LogCopy {
 public:
  LogCopy(std::string from, int source, int target, std::vector<std::string>& faults)
      : from_(std::move(from)), source_(source), writer_(target), faults_(faults) {}

  // False where the target cannot be written.
  bool run(uint64_t size) {
    for (uint64_t at = 0; at < size; at += kLogBlockBytes) {
      const size_t bytes = std::min<uint64_t>(kLogBlockBytes, size - at);
      std::string_view block = read(at, bytes);
      if (!copy_block(at, block)) return false;
    }
    drop_record(size);
    end_fault();
    return writer_.flush();
  }

 private:
  // A disk fails by pages: what of them cannot be read are zeros.
  std::string_view read(uint64_t at, size_t bytes) {
    block_.assign(bytes, '\0');
    for (size_t begin = 0; begin < bytes; begin += kPageBytes) {
      const size_t count = std::min(kPageBytes, bytes - begin);
      const ssize_t got =
          ::pread(source_, block_.data() + begin, count, static_cast<off_t>(at + begin));
      if (got >= 0) continue;
      is_unreadable_ = true;
      fault(at + begin, at + begin + count);
    }
    return block_;
  }

  bool copy_block(uint64_t begin, std::string_view block) {
    size_t at = 0;
    while (block.size() - at >= kPieceHeaderBytes) {
      const char* const header = block.data() + at;
      const auto crc = from_little_endian<uint32_t>(header);
      const auto size = from_little_endian<uint16_t>(header + 4);
      const char type = header[6];
      const std::string_view rest = block.substr(at + kPieceHeaderBytes);
      if (type == kNone && size == 0) break;
      if (size > rest.size()) break;
      const std::string_view piece = rest.substr(0, size);
      const uint64_t place = begin + at;
      at += kPieceHeaderBytes + size;
      // Where the size is right the next piece is found behind it; else what is there is none.
      if (crc != masked_crc(type, piece)) {
        fault(place, begin + at);
        continue;
      }
      if (!take(static_cast<PieceType>(type), piece, place, begin + at)) return false;
    }
    // Zeros at the end of all are room that was never used.
    if (block.find_first_not_of('\0', at) != block.npos || block.size() - at >= kPieceHeaderBytes) {
      const bool is_zeros = block.find_first_not_of('\0', at) == block.npos;
      if (is_zeros && !is_unreadable_) {
        if (zeros_from_ == 0) zeros_from_ = begin + at + 1;
      } else {
        fault(begin + at, begin + block.size());
      }
    }
    return true;
  }

  bool take(PieceType type, std::string_view piece, uint64_t begin, uint64_t end) {
    if (zeros_from_ != 0) fault(zeros_from_ - 1, begin);
    if (type == kFull || type == kFirst) {
      drop_record(begin);
      record_begin_ = begin;
      is_in_record_ = true;
      record_.clear();
    } else if (!is_in_record_ || (type != kMiddle && type != kLast)) {
      fault(begin, end);
      return true;
    }
    record_ += piece;
    if (type == kFirst || type == kMiddle) return true;
    is_in_record_ = false;
    end_fault();
    return writer_.add(record_);
  }

  // One that has no end.
  void drop_record(uint64_t end) {
    if (is_in_record_) fault(record_begin_, end);
    is_in_record_ = false;
  }

  void fault(uint64_t begin, uint64_t end) {
    if (fault_end_ == 0) fault_begin_ = begin;
    if (is_in_record_) fault_begin_ = std::min(fault_begin_, record_begin_);
    fault_end_ = std::max(fault_end_, end);
    zeros_from_ = 0;
    is_in_record_ = false;
  }

  void end_fault() {
    if (fault_end_ != 0) {
      faults_.push_back(
          "log " + from_ + ": left out bytes " + std::to_string(fault_begin_) + " to " +
          std::to_string(fault_end_) +
          (is_unreadable_ ? ", which cannot all be read" : ", which are not what was written"));
    }
    fault_end_ = 0;
    is_unreadable_ = false;
  }

  const std::string from_;
  const int source_;
  LogWriter writer_;
  std::vector<std::string>& faults_;
  std::string block_;
  std::string record_;
  bool is_in_record_ = false;
  uint64_t record_begin_ = 0;
  uint64_t zeros_from_ = 0;  // And one; 0: none.
  uint64_t fault_begin_ = 0;
  uint64_t fault_end_ = 0;  // 0: none.
  bool is_unreadable_ = false;
};

}  // namespace

Result<void> copy_whole_records(const std::string& from, const std::string& to,
                                std::vector<std::string>& faults) {
  const OwnedFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (source.get() < 0) return failed_file(from);
  const OwnedFd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (target.get() < 0) return failed_file(to);
  struct stat status{};
  if (::fstat(source.get(), &status) != 0) return failed_file(from);
  LogCopy copy(from, source.get(), target.get(), faults);
  if (!copy.run(static_cast<uint64_t>(status.st_size))) return failed_file(to);
  return {};
}

Result<void> check_no_zeros(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string block(kLogBlockBytes, '\0');
  for (uint64_t begin = 0; file; begin += kLogBlockBytes) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto size = static_cast<size_t>(file.gcount());
    for (size_t at = 0; at + kPieceHeaderBytes <= size;) {
      const char* const header = block.data() + at;
      const auto bytes = from_little_endian<uint16_t>(header + 4);
      if (header[6] == static_cast<char>(kNone) && bytes == 0) {
        return damaged(path + ": zeros in place of a record at byte " + std::to_string(begin + at));
      }
      at += kPieceHeaderBytes + bytes;
    }
  }
  return {};
}

}  // namespace statewire
