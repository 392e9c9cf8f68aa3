#include "model/aws_partition.h"

#include <algorithm>
#include <iterator>

namespace statewire {

const AwsPartition& aws_partition_of(std::string_view region) {
  return *std::ranges::find_if(kAwsPartitions, [&](const AwsPartition& partition) {
    return region.starts_with(partition.region_prefix);
  });
}

const AwsPartition* aws_partition_in(std::string_view arn) {
  constexpr std::string_view kStart = "arn:";
  if (!arn.starts_with(kStart)) return nullptr;
  arn.remove_prefix(kStart.size());
  const size_t colon = arn.find(':');
  if (colon == arn.npos) return nullptr;
  const auto found = std::ranges::find(kAwsPartitions, arn.substr(0, colon), &AwsPartition::id);
  return found == std::end(kAwsPartitions) ? nullptr : found;
}

}  // namespace statewire
