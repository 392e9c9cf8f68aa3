// What a reader of infrastructure code hands over: resources that code declares, as far as they
// can be told from what it read. No attribute's value is in it but what names a resource: what is
// secret in a state stays there.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"

namespace statewire {

// One block of code, or one instance of it, and the resource that it is about.
struct DeclaredResource {
  std::string type;  // Of CloudFormation; empty where `id` is an ARN that tells it.
  std::string id;    // An ARN, or the bare id that calls give.
  std::string account;
  std::string region;
  std::string address;  // "module.web.aws_instance.this[0]"
  std::string block;    // The address without indices: by it the code is found.
  bool is_part = false;
  std::string file;  // Where the block begins; empty where it is not known.
  uint32_t line = 0;
  Time written{};  // When the tool wrote it last, where it does not write all of a stack at once.
};

// What is declared and cannot be joined with a resource.
struct UnjoinedResource {
  std::string address;
  std::string type;  // The tool's own word: "aws_s3_account_public_access_block".
  std::string reason;
};

// One state or stack, read whole.
struct DeclaredStack {
  std::string id;    // Of CloudFormation: its ARN.
  std::string name;  // "network"
  // Of a state: where it is, and as what that is configured, which may be a pattern. Empty: where
  // it declares is not remembered.
  std::string path = {};
  std::string found_by = {};
  std::string tool;  // "terraform", "opentofu", "cloudformation"
  Time written;      // When the tool wrote it last; Time(): nobody knows.
  // A run of CloudFormation touches what has changed in its template, and nothing else: what is
  // otherwise than declared stays so. Each resource has its own time. Otherwise a run leaves all
  // of the stack as declared.
  bool is_written_by_parts = false;
  // Of Terraform: which state it is, and how often the tool has written it.
  std::string lineage;
  uint64_t serial = 0;
  std::vector<DeclaredResource> resources;
  std::vector<UnjoinedResource> unjoined;
  size_t of_other_providers = 0;
};

}  // namespace statewire
