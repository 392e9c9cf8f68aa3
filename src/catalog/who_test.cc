#include "catalog/who.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

// Who called, of a record whose identity and other fields are given.
class Caller {
 public:
  Caller(const std::string& identity, const std::string& agent, const std::string& rest = "") {
    const std::string record = R"({"eventVersion":"1","eventSource":"a.b","eventName":"Do",)"
                               R"("userIdentity":)" +
                               identity + R"(,"userAgent":")" + agent + "\"" + rest + "}";
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    EXPECT_FALSE(parser.parse(record).get(element)) << record;
    call_ = who_called(view_of(element, arena_), "e1", arena_);
  }
  const Cause* operator->() const { return &call_.cause; }
  std::string_view principal() const { return call_.principal; }
  // "human certain"
  std::string judged() const {
    return std::string(name_of(call_.cause.kind)) + " " +
           std::string(name_of(call_.cause.confidence));
  }

 private:
  Arena arena_;
  CallCause call_;
};

const char* const kAlice =
    R"({"type":"IAMUser","userName":"alice","arn":"arn:aws:iam::1:user/alice"})";

std::string role(const std::string& name, const std::string& session) {
  return R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/)" + name + "/" + session +
         R"(","sessionContext":{"sessionIssuer":{"userName":")" + name + "\"}}}";
}

TEST(Who, user_in_the_console_is_human) {
  const Caller likely(kAlice, "Mozilla/5.0 (X11; Ubuntu)");
  EXPECT_EQ(likely.judged(), "human likely");
  EXPECT_EQ(likely->actor, "alice");
  EXPECT_EQ(likely->actor_type, "IAMUser");
  EXPECT_EQ(likely->tool, "console");
  EXPECT_EQ(likely->call, "Do");
  EXPECT_EQ(likely->evidence, "e1");
  EXPECT_EQ(likely.principal(), "arn:aws:iam::1:user/alice");
  const Caller certain(kAlice, "AWS Internal", R"(,"sessionCredentialFromConsole":"true")");
  EXPECT_EQ(certain.judged(), "human certain");
  EXPECT_EQ(certain->tool, "console");
}

TEST(Who, tool_that_deploys_is_a_deployment) {
  const Caller caller(kAlice,
                      "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) "
                      "terraform-provider-aws/3.76.1 aws-sdk-go/1.44.157 (go1.19.3; linux)");
  EXPECT_EQ(caller.judged(), "deployment likely");
  EXPECT_EQ(caller->tool, "terraform");
  EXPECT_EQ(caller->actor, "alice");
}

TEST(Who, service_that_calls_says_what_it_is) {
  const auto judged = [](const std::string& service) {
    return Caller(R"({"type":"AWSService","invokedBy":")" + service + "\"}", service).judged();
  };
  EXPECT_EQ(judged("autoscaling.amazonaws.com"), "autoscaling certain");
  EXPECT_EQ(judged("cloudformation.amazonaws.com"), "deployment certain");
  EXPECT_EQ(judged("events.amazonaws.com"), "schedule certain");
  EXPECT_EQ(judged("scheduler.amazonaws.com"), "schedule certain");
  EXPECT_EQ(judged("rds.amazonaws.com"), "service certain");
}

TEST(Who, caller_through_a_service_keeps_his_name) {
  const Caller caller(R"({"type":"IAMUser","userName":"alice",)"
                      R"("invokedBy":"cloudformation.amazonaws.com"})",
                      "cloudformation.amazonaws.com");
  EXPECT_EQ(caller.judged(), "deployment certain");
  EXPECT_EQ(caller->actor, "alice");
  EXPECT_EQ(caller->via, "cloudformation.amazonaws.com");
  EXPECT_EQ(caller->tool, "cloudformation");
}

TEST(Who, assumed_role_is_named_by_the_role_or_by_the_person) {
  const Caller machine(role("ci-deployer", "build-7"), "Boto3/1.26 Python/3.10");
  EXPECT_EQ(machine.judged(), "automation guess");
  EXPECT_EQ(machine->actor, "ci-deployer");
  EXPECT_EQ(machine->session, "build-7");
  EXPECT_EQ(machine->tool, "boto3");
  const Caller person(role("AWSReservedSSO_Admin_1", "bob"), "aws-cli/2.9 Python/3.9");
  EXPECT_EQ(person.judged(), "human likely");
  EXPECT_EQ(person->actor, "bob");
  EXPECT_EQ(person->via, "AWSReservedSSO_Admin_1");
  const Caller consoled(role("Admin", "carol"), "Coral/Netty4",
                        R"(,"sessionCredentialFromConsole":"true")");
  EXPECT_EQ(consoled.judged(), "human certain");
  EXPECT_EQ(consoled->actor, "carol");
  EXPECT_EQ(consoled->via, "Admin");
  EXPECT_EQ(consoled->tool, "console");
  // A name that the program made up is nobody's.
  const Caller nameless(role("Admin", "botocore-session-1690000000"), "aws-cli/2.13.0");
  EXPECT_EQ(nameless.judged(), "human guess");
  EXPECT_EQ(nameless->actor, "Admin");
  EXPECT_EQ(Caller(role("dev", "bob@example.org"), "x")->actor, "bob@example.org");
  EXPECT_EQ(Caller(role("web", "i-0a1b"), "x").judged(), "automation likely");
}

TEST(Who, role_of_a_service_is_the_service) {
  EXPECT_EQ(Caller(role("AWSServiceRoleForAutoScaling", "AutoScaling"), "x").judged(),
            "autoscaling certain");
  EXPECT_EQ(Caller(role("AWSServiceRoleForRDS", "SLR"), "x").judged(), "service certain");
}

TEST(Who, root_and_users_at_a_command_line_are_human) {
  const Caller root(R"({"type":"Root","arn":"arn:aws:iam::1:root"})", "x");
  EXPECT_EQ(root.judged(), "human likely");
  EXPECT_EQ(root->actor, "root");
  EXPECT_EQ(Caller(kAlice, "aws-cli/1.27.1 Botocore/1.29").judged(), "human likely");
}

TEST(Who, root_is_root_whatever_else_is_said) {
  for (const char* identity :
       {R"({"type":"Root","principalId":"1","arn":"arn:aws:iam::1:root","userName":"shop"})",
        R"({"type":"Root","principalId":"1","accountId":"1","invokedBy":"signin.amazonaws.com"})",
        R"({"principalId":"1","arn":"arn:aws:iam::1:root","accountId":"1"})",
        R"({"type":"AssumedRoot","principalId":"1","arn":"arn:aws:sts::1:assumed-root",)"
        R"("sessionContext":{"sessionIssuer":{"userName":"admin"}}})"}) {
    EXPECT_EQ(Caller(identity, "aws-cli/2.9")->actor, "root") << identity;
  }
}

TEST(Who, caller_of_another_account_is_the_account_or_the_principal) {
  const Caller role(R"({"type":"AWSAccount","principalId":"AROAX:i-0a1b","accountId":"2"})", "x");
  EXPECT_EQ(role->actor, "2");
  EXPECT_EQ(role->session, "i-0a1b");
  EXPECT_EQ(role.judged(), "automation likely");
  EXPECT_EQ(Caller(R"({"type":"AWSAccount","principalId":"AIDAX"})", "x")->actor, "AIDAX");
  EXPECT_EQ(Caller(R"({"type":"AWSAccount","principalId":"AROAX:bob@example.org"})", "x").judged(),
            "human likely");
}

TEST(Who, nothing_known_is_unknown) {
  EXPECT_EQ(Caller(kAlice, "curl/7.88").judged(), "unknown guess");
  EXPECT_EQ(Caller("{}", "").judged(), "unknown guess");
}

TEST(Who, identity_of_wrong_types_is_no_crash) {
  for (const char* identity :
       {"null", "[]", "7", R"({"type":5,"arn":{},"userName":[],"sessionContext":3})",
        R"({"type":"AssumedRole","arn":"noslash","sessionContext":{"sessionIssuer":[]}})",
        R"({"type":"AssumedRole","arn":"one/slash"})"}) {
    EXPECT_EQ(Caller(identity, "").judged(), "unknown guess") << identity;
  }
}

}  // namespace
}  // namespace statewire
