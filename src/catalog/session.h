// What the name of a role's session tells. Whoever takes up a role names the session: a person is
// put there by name, programs put what they are or make something up.
#pragma once

#include <string_view>

namespace statewire {

// Named by a program that was told no name.
bool is_made_up(std::string_view session);

// The name of whoever works in the session, as far as a name can look like a person's: "tina", and
// "olga" for aws-cdk-olga; empty for "build-7", "terraform" and "HarnessSession".
std::string_view name_in_session(std::string_view session);

// "AWSCloudFormation", "aws-elasticbeanstalk" and "dlm_policy-0a1b" begin with the label of the
// service, and "ApplicationAutoScaling" does; "FlowLogs" with the end of "vpc-flow-logs".
bool is_named_after(std::string_view session, std::string_view label);

// "GlueJobRunnerSession", "CLOUDTRAIL_SESSION": so services name theirs; of no SDK, and not
// "admin-session", as people type.
bool is_named_session(std::string_view session);

// NAME@DOMAIN, with one '@' and a dot behind it: "01JD3K@network@TRACKED@acme" and "web@PR-123" are
// none.
bool has_mail_form(std::string_view name);

// "i-0123456789abcdef0", "ip-10-2-3-4.eu-central-1.compute.internal": of a machine.
bool is_host_name(std::string_view session);

// "eks-prod-web-6978-…", as for a pod: what was made up for one copy of a program.
bool ends_with_uuid(std::string_view session);

// "Automation-c99239ec-…", "1772560001234", "df-0937003356ZJ", 32 letters: nobody's name, and
// by no SDK.
bool is_like_id(std::string_view session);

}  // namespace statewire
