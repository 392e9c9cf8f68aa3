// Where credentials are found, in the order of boto3: environment, the profile's role, web
// identity, SSO, shared credentials file, credential_process, config file, container, instance.
// The first that is configured decides; where it fails, the others are not asked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.h"
#include "aws/role.h"
#include "aws/surroundings.h"
#include "base/result.h"
#include "base/time.h"

namespace statewire {

struct LookedAt {
  enum class Outcome { nothing, found, failed };

  std::string_view provider;  // By boto3's name for it: "shared-credentials-file".
  Outcome outcome = Outcome::nothing;
  std::string detail;  // What was there, or is not; never a secret.
};

struct FoundCredentials {
  Result<AwsCredentials> credentials = not_found("not looked for yet");
  std::vector<LookedAt> looked_at;
};

// Reads the files anew and asks whom it must. Blocks; any thread. An error is `unavailable` where
// asking again may help, else not_found, bad_input or failed.
FoundCredentials find_credentials(const AwsSurroundings& surroundings, const Clock& clock);

// The credentials of `role`, in the name of `own`. Blocks; errors as above.
Result<AwsCredentials> assume_role(const AwsSurroundings& surroundings, const AwsCredentials& own,
                                   const AwsRole& role, const Clock& clock);

}  // namespace statewire
