// `backup:` of the configuration.
#pragma once

#include <optional>
#include <string>

#include "aws/role.h"
#include "backup/backup_place.h"
#include "config/node.h"

namespace statewire {

struct BackupSetting {
  BackupTarget to;
  AwsRole role;
  Duration every = std::chrono::minutes(15);
  size_t keep = 96;
};

// Nothing where `node` is absent, or has told problems.
std::optional<BackupSetting> read_backup_setting(const Node& node);

}  // namespace statewire
