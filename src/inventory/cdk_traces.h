// Where the code of CDK makes each resource, as `cdk synth` has written it beside the templates.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "inventory/code_index.h"

namespace statewire {

// By logical id.
using TracedPlaces = std::map<std::string, CodePlace, std::less<>>;

struct CdkTraces {
  // By the template's file name. Of "": of all of them, for templates that no artifact names, as
  // those of nested stacks; without ids that are made in several places.
  std::map<std::string, TracedPlaces, std::less<>> by_template;

  // Null where it is not known.
  const CodePlace* find(std::string_view template_file, std::string_view logical_id) const;
};

// Reads the manifest.json of one assembly, and the files of metadata that it names:
// `aws:cdk:creationStack`, or the `trace` of `aws:cdk:logicalId`, which CDK before 2.250 writes
// with
// `--debug`. The place is the innermost frame that is in no package. Empty where there is none.
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.MetadataEntry.html
CdkTraces read_cdk_traces(const std::filesystem::path& assembly);

}  // namespace statewire
