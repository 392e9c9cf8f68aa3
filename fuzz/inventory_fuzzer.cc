// Bytes as states and code of Terraform, and as answers and templates of CloudFormation. Nothing
// may crash, and no more may come out than went in.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/check.h"
#include "base/limits.h"
#include "inventory/cloudformation_stack.h"
#include "inventory/hcl.h"
#include "inventory/terraform_state.h"
#include "model/owner.h"

namespace {

using namespace statewire;

void read_state(std::string_view text) {
  const Result<DeclaredStack> stack = read_terraform_state(text, {});
  if (!stack) return;
  for (const DeclaredResource& each : stack->resources) CHECK(each.id.size() <= text.size());
}

void read_code(std::string_view text) {
  uint32_t line = 0;
  for (const HclBlock& block : scan_hcl(text)) {
    CHECK(!block.kind.empty() && block.line >= line && block.line <= text.size() + 1);
    line = block.line;
  }
}

void read_template_of_stack(std::string_view text) {
  const Result<TemplateText> read = read_template(text);
  if (read) CHECK(read->lines.size() <= text.size());
  const StackSummary summary{.id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/a/1",
                             .name = "a",
                             .status = "CREATE_COMPLETE",
                             .written = {}};
  std::vector<StackMember> members;
  for (const char* type : {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::IAM::Policy"}) {
    members.push_back({.logical_id = std::string(1, static_cast<char>('A' + members.size())),
                       .physical_id = "x|y",
                       .type = type,
                       .status = "CREATE_COMPLETE",
                       .written = {}});
  }
  const Result<DeclaredStack> stack =
      read_stack({.summary = summary, .members = members, .template_text = text, .parameters = {}});
  CHECK(stack.ok());
}

void read_answers(std::string_view text) {
  (void)read_list_stacks(text);
  (void)read_list_stack_resources(text);
  (void)read_get_template(text);
  (void)read_stack_parameters(text);
}

// As a record may hold it.
void read_declared(std::string_view text) {
  Arena arena;
  each_group(text, [&](const DeclaredGroup& group) {
    each_item(group, [](const DeclaredItem&) { return true; });
    const std::string_view with = with_group(text, group_of(text, group.inventory), arena);
    CHECK(with.size() <= std::max(kDeclaredBytesMax, text.size()));
    return true;
  });
  (void)touch_of(text);
  (void)part_changed_by(text, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  switch (bytes[0] % 5) {
    case 0:
      read_state(text);
      break;
    case 1:
      read_code(text);
      break;
    case 2:
      read_template_of_stack(text);
      break;
    case 3:
      read_answers(text);
      break;
    default:
      if (text.size() < 4096) read_declared(text);
  }
  return 0;
}
