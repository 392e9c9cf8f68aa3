// Finds the blocks of a file of HCL, the language of Terraform: no more of it is understood than
// where a block begins and ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

struct HclBlock {
  std::string kind;                 // "resource", "module"
  std::vector<std::string> labels;  // "aws_s3_bucket", "logs"
  uint32_t line = 0;                // Of its first word; the first line is 1.
  std::string source;               // Of `source = "./db"` right in it, where that is a plain text.
};

// The blocks that lie in no other, in order. Knows comments, strings with what is put into them,
// and heredocs. Any bytes give some answer, in time linear in their number. Pure.
std::vector<HclBlock> scan_hcl(std::string_view text);

}  // namespace statewire
