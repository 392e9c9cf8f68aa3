// Lines are taken in blocks: the first stage of reading JSON costs half as much for many lines at
// once. Where a block as a whole is not good, a string that is not closed for example, each of its
// lines is read alone, and only the bad ones are.
#include <algorithm>
#include <cstring>

#include "pattern/pattern_set.h"
#include "pattern/scratch.h"

namespace statewire {
namespace {

// Large enough to share the cost, small enough for text and tokens to stay in the nearest cache.
constexpr size_t kBlockBytes = 16 * 1024;

// Whole lines from the front of `text`: as many as fit, one at least.
size_t block_size(std::string_view text) {
  if (text.size() <= kBlockBytes) return text.size();
  const size_t last = text.substr(0, kBlockBytes).rfind('\n');
  if (last != std::string_view::npos) return last + 1;
  return std::min(text.find('\n', kBlockBytes), text.size() - 1) + 1;
}

}  // namespace

bool LineMatches::next() {
  PatternScratch::Content& content = *scratch_.content_;
  while (at_ < text_.size()) {
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    line_ = text_.substr(at_, end - at_);
    const size_t begin = at_;
    at_ = end + 1;
    ++line_number_;
    if (line_.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (line_.back() == '\r') line_.remove_suffix(1);
    if (begin >= block_end_) {
      const std::string_view block = text_.substr(begin, block_size(text_.substr(begin)));
      is_block_good_ = content.reader.index(block);
      block_end_ = begin + block.size();
    }
    is_json_ = (is_block_good_ || content.reader.index(line_)) &&
               content.reader.read(line_, *content.seen->paths, content.leaves);
    content.ids.clear();
    if (is_json_ && content.reader.is_object()) content.match(content.ids);
    ids_ = content.ids;
    return true;
  }
  return false;
}

}  // namespace statewire
