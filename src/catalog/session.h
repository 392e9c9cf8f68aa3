// What the name of a role's session tells. Whoever takes up a role names the session: a person is
// put there by name, programs put what they are or make something up.
#pragma once

#include <string_view>

namespace statewire {

// The pipeline that the session belongs to, by who vouched for it or by its name:
// "github-actions", "codebuild"; empty where none does.
std::string_view pipeline_of(std::string_view federation, std::string_view session);

// The program that a role or a user is named after: "jenkins" for jenkins-deploy, "velero" for
// velero-server; empty where none is known.
std::string_view program_named(std::string_view principal);

// Named by a program that was told no name.
bool is_made_up(std::string_view session);

// The name of whoever works in the session, as far as a name can look like a person's: "tina", and
// "olga" for aws-cdk-olga; empty for "build-7", "terraform" and "HarnessSession".
std::string_view name_in_session(std::string_view session);

// "AWSCloudFormation", "aws-elasticbeanstalk" and "dlm_policy-0a1b" begin with the label of the
// service, and "ApplicationAutoScaling" does.
bool is_named_after(std::string_view session, std::string_view label);

// "GlueJobRunnerSession", "CLOUDTRAIL_SESSION": so services name theirs; of no SDK.
bool is_named_session(std::string_view session);

// "Automation-c99239ec-…", "1772560001234", "df-0937003356ZJ", 32 letters: nobody's name, and
// by no SDK.
bool is_like_id(std::string_view session);

}  // namespace statewire
