#include "catalog/who.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

// Who called, of a record whose identity and other fields are given.
class WhoCalled {
 public:
  WhoCalled(const std::string& identity, const std::string& agent, const std::string& rest = "") {
    // Of two fields of one name the first counts.
    const std::string record = R"({"userIdentity":)" + identity + R"(,"userAgent":")" + agent +
                               "\"" + rest +
                               R"(,"eventVersion":"1","eventSource":"a.b","eventName":"Do"})";
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
  const WhoCalled likely(kAlice, "Mozilla/5.0 (X11; Ubuntu)");
  EXPECT_EQ(likely.judged(), "human likely");
  EXPECT_EQ(likely->actor, "alice");
  EXPECT_EQ(likely->actor_type, "IAMUser");
  EXPECT_EQ(likely->tool, "console");
  EXPECT_EQ(likely->call, "Do");
  EXPECT_EQ(likely->evidence, "e1");
  EXPECT_EQ(likely.principal(), "arn:aws:iam::1:user/alice");
  const WhoCalled certain(kAlice, "AWS Internal", R"(,"sessionCredentialFromConsole":"true")");
  EXPECT_EQ(certain.judged(), "human certain");
  EXPECT_EQ(certain->tool, "console");
}

TEST(Who, tool_that_deploys_is_a_deployment) {
  const WhoCalled caller(kAlice,
                         "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) "
                         "terraform-provider-aws/3.76.1 aws-sdk-go/1.44.157 (go1.19.3; linux)");
  EXPECT_EQ(caller.judged(), "deployment likely");
  EXPECT_EQ(caller->tool, "terraform");
  EXPECT_EQ(caller->actor, "alice");
}

TEST(Who, service_that_calls_says_what_it_is) {
  const auto judged = [](const std::string& service) {
    return WhoCalled(R"({"type":"AWSService","invokedBy":")" + service + "\"}", service).judged();
  };
  EXPECT_EQ(judged("autoscaling.amazonaws.com"), "autoscaling certain");
  EXPECT_EQ(judged("cloudformation.amazonaws.com"), "deployment certain");
  EXPECT_EQ(judged("events.amazonaws.com"), "schedule certain");
  EXPECT_EQ(judged("scheduler.amazonaws.com"), "schedule certain");
  EXPECT_EQ(judged("rds.amazonaws.com"), "service certain");
}

TEST(Who, caller_through_a_service_keeps_his_name) {
  const WhoCalled caller(R"({"type":"IAMUser","userName":"alice",)"
                         R"("invokedBy":"cloudformation.amazonaws.com"})",
                         "cloudformation.amazonaws.com");
  EXPECT_EQ(caller.judged(), "deployment certain");
  EXPECT_EQ(caller->actor, "alice");
  EXPECT_EQ(caller->via, "cloudformation.amazonaws.com");
  EXPECT_EQ(caller->tool, "cloudformation");
}

TEST(Who, assumed_role_is_named_by_the_role_or_by_the_person) {
  const WhoCalled machine(role("ci-deployer", "build-7"), "Boto3/1.26 Python/3.10");
  EXPECT_EQ(machine.judged(), "automation guess");
  EXPECT_EQ(machine->actor, "ci-deployer");
  EXPECT_EQ(machine->session, "build-7");
  EXPECT_EQ(machine->tool, "boto3");
  const WhoCalled person(role("AWSReservedSSO_Admin_1", "bob"), "aws-cli/2.9 Python/3.9");
  EXPECT_EQ(person.judged(), "human likely");
  EXPECT_EQ(person->actor, "bob");
  EXPECT_EQ(person->via, "AWSReservedSSO_Admin_1");
  const WhoCalled consoled(role("Admin", "carol"), "Coral/Netty4",
                           R"(,"sessionCredentialFromConsole":"true")");
  EXPECT_EQ(consoled.judged(), "human certain");
  EXPECT_EQ(consoled->actor, "carol");
  EXPECT_EQ(consoled->via, "Admin");
  EXPECT_EQ(consoled->tool, "console");
  // A name that the program made up is nobody's.
  const WhoCalled nameless(role("Admin", "botocore-session-1690000000"), "aws-cli/2.13.0");
  EXPECT_EQ(nameless.judged(), "human guess");
  EXPECT_EQ(nameless->actor, "Admin");
  EXPECT_EQ(WhoCalled(role("dev", "bob@example.org"), "x")->actor, "bob@example.org");
  EXPECT_EQ(WhoCalled(role("web", "i-0a1b"), "x").judged(), "automation likely");
}

TEST(Who, role_and_address_stand_beside_the_actor) {
  const WhoCalled person(role("Admin", "carol@example.org"), "aws-cli/2.9",
                         R"(,"sourceIPAddress":"203.0.113.17")");
  EXPECT_EQ(person->actor, "carol@example.org");
  EXPECT_EQ(person->role, "Admin");
  EXPECT_EQ(person->address, "203.0.113.17");
  const WhoCalled program(role("web", "i-0a1b"), "Boto3/1.26",
                          R"(,"sourceIPAddress":"2001:db8::1")");
  EXPECT_EQ(program->actor, "web");
  EXPECT_EQ(program->role, "") << "it is the actor";
  EXPECT_EQ(program->address, "2001:db8::1");
  const WhoCalled user(kAlice, "aws-cli/2.9", R"(,"sourceIPAddress":"AWS Internal")");
  EXPECT_EQ(user->role, "");
  EXPECT_EQ(user->address, "");
  for (const char* none : {"", "abc", "cafe", "athena.amazonaws.com"}) {
    EXPECT_EQ(WhoCalled(kAlice, "x", R"(,"sourceIPAddress":")" + std::string(none) + "\"")->address,
              "")
        << none;
  }
}

std::string role_of_service(const std::string& name, const std::string& session,
                            const std::string& service) {
  std::string identity = role(name, session);
  identity.pop_back();
  return identity + R"(,"invokedBy":")" + service + R"(.amazonaws.com"})";
}

TEST(Who, service_by_a_role_of_its_own_is_the_actor) {
  const auto actor = [](const char* name, const char* session, const char* service) {
    const WhoCalled caller(role_of_service(name, session, service),
                           std::string(service) + ".amazonaws.com");
    return std::string(caller->actor) + " " + std::string(caller->role);
  };
  // Named after the service.
  EXPECT_EQ(actor("cfn", "AWSCloudFormation", "cloudformation"),
            "cloudformation.amazonaws.com cfn");
  EXPECT_EQ(actor("eb", "aws-elasticbeanstalk", "elasticbeanstalk"),
            "elasticbeanstalk.amazonaws.com eb");
  EXPECT_EQ(actor("fn", "awslambda_771_20260304", "lambda"), "lambda.amazonaws.com fn");
  EXPECT_EQ(actor("scale", "ApplicationAutoScaling", "application-autoscaling"),
            "application-autoscaling.amazonaws.com scale");
  // Of services that work at their own time.
  EXPECT_EQ(actor("night", "c9fcd4056f8222e38056623796472932", "scheduler"),
            "scheduler.amazonaws.com night");
  EXPECT_EQ(actor("flow", "sPqZxvKbNmLwRtYuIoAsDfGh", "states"), "states.amazonaws.com flow");
  // Of a role that says whose it is.
  EXPECT_EQ(actor("AmazonEKSClusterRole", "aws-go-sdk-1772570000", "eks"),
            "eks.amazonaws.com AmazonEKSClusterRole");
  // Of services that call a session one.
  EXPECT_EQ(actor("etl", "GlueJobRunnerSession", "glue"), "glue.amazonaws.com etl");
  EXPECT_EQ(actor("emr", "CCSSession", "elasticmapreduce"), "elasticmapreduce.amazonaws.com emr");
  EXPECT_EQ(actor("trail", "CLOUDTRAIL_SESSION", "cloudtrail"), "cloudtrail.amazonaws.com trail");
  // In the name of who called it.
  EXPECT_EQ(actor("orders-role", "orders", "s3"), "orders-role ");
  EXPECT_EQ(actor("web", "i-0a1b2c3d4e5f60001", "events"), "web ");
  EXPECT_EQ(actor("Admin", "bob@example.org", "scheduler"), "bob@example.org Admin");
  EXPECT_EQ(actor("Admin", "admin-session", "athena"), "Admin ");
}

TEST(Who, terminal_of_a_service_is_its_users) {
  const WhoCalled caller(
      R"({"type":"IAMUser","userName":"ursula","invokedBy":"cloud9.amazonaws.com"})",
      "aws-cli/2.13");
  EXPECT_EQ(caller.judged(), "human likely");
  EXPECT_EQ(caller->actor, "ursula");
}

TEST(Who, person_in_a_role_with_a_tool_that_deploys_is_named) {
  const auto actor = [](const char* session) {
    const WhoCalled caller(role("deploy", session), "APN/1.0 HashiCorp/1.0 Terraform/1.9.8");
    EXPECT_EQ(caller.judged(), "deployment likely");
    return std::string(caller->actor);
  };
  EXPECT_EQ(actor("tina"), "tina");
  EXPECT_EQ(actor("erin.moss"), "erin.moss");
  EXPECT_EQ(actor("aws-cdk-olga"), "olga");
  for (const char* session :
       {"build-7", "terraform", "aws-cdk-runner", "i-0a1b", "GitHubActions", "bob-infra-142",
        "pulumi-prod", "aws-go-sdk-1", "a..b", "-", "HarnessSession"}) {
    EXPECT_EQ(actor(session), "deploy") << session;
  }
  EXPECT_EQ(WhoCalled(role("scan", "prowler"), "Prowler/4.1")->actor, "scan")
      << "no tool that deploys";
}

TEST(Who, person_in_a_role_is_named_where_a_service_works_for_him) {
  const auto actor = [](const char* session, const char* service, const char* rest) {
    const WhoCalled caller(role_of_service("Admin", session, service), "x", rest);
    return std::string(caller->actor);
  };
  constexpr const char* kConsole = R"(,"sessionCredentialFromConsole":"true")";
  for (const char* service : {"cloudformation", "servicecatalog", "ssm", "rds", "events"}) {
    EXPECT_EQ(actor("alice", service, ""), "alice") << service;
    EXPECT_EQ(actor("alice2", service, kConsole), "alice2") << service;
    EXPECT_EQ(actor("botocore-session-1", service, ""), "Admin") << service;
  }
  EXPECT_EQ(actor("build-7", "cloudformation", ""), "Admin");
  EXPECT_EQ(WhoCalled(role_of_service("Admin", "alice", "events"), "x").judged(), "service likely")
      << "no schedule";
}

TEST(Who, source_identity_names_who_stands_behind_a_session) {
  const auto sourced = [](const char* source) {
    return R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Admin/botocore-session-1",)"
           R"("sessionContext":{"sessionIssuer":{"userName":"Admin"},"sourceIdentity":")" +
           std::string(source) + "\"}}";
  };
  const WhoCalled person(sourced("sybil"), "aws-cli/2.15");
  EXPECT_EQ(person->actor, "sybil");
  EXPECT_EQ(person->role, "Admin");
  const WhoCalled host(sourced("CN=nas01.example.org"), "aws-cli/2.15");
  EXPECT_EQ(host.judged(), "automation likely") << "by a certificate";
  EXPECT_EQ(host->actor, "Admin");
}

TEST(Who, pipeline_deploys) {
  const auto judged = [](const std::string& identity, const char* agent) {
    const WhoCalled caller(identity, agent);
    return caller.judged() + " " + std::string(caller->tool);
  };
  const auto vouched = [](const char* issuer) {
    return R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/s","sessionContext":)"
           R"({"webIdFederationData":{"federatedProvider":"arn:aws:iam::1:oidc-provider/)" +
           std::string(issuer) + "\"}}}";
  };
  constexpr const char* kCli = "aws-cli/2.15";
  EXPECT_EQ(judged(vouched("token.actions.githubusercontent.com"), kCli),
            "deployment likely github-actions");
  EXPECT_EQ(judged(vouched("gitlab.example.org"), kCli), "deployment likely gitlab");
  EXPECT_EQ(judged(vouched("oidc.circleci.com/org/1"), kCli), "deployment likely circleci");
  EXPECT_EQ(judged(vouched("api.bitbucket.org/2.0/x"), kCli),
            "deployment likely bitbucket-pipelines");
  EXPECT_EQ(judged(vouched("agent.buildkite.com"), kCli), "deployment likely buildkite");
  EXPECT_EQ(judged(vouched("oidc.eks.eu-west-1.amazonaws.com/id/1"), kCli),
            "automation likely aws-cli");
  EXPECT_EQ(judged(role("r", "AWSCodeBuild-1"), kCli), "deployment likely codebuild");
  EXPECT_EQ(judged(role("r", "GitHubActions"), "Terraform/1.9"), "deployment likely terraform");
  EXPECT_EQ(judged(role("r", "GitHubActions"), "aws-nuke/2"), "automation likely aws-nuke");
}

TEST(Who, program_that_makes_a_stack_deploys) {
  const WhoCalled caller(
      kAlice, "aws-sdk-nodejs/2.1404.0 linux/v18.17.0 promise",
      R"(,"eventSource":"cloudformation.amazonaws.com","requestParameters":)"
      R"({"templateURL":"https://s3.amazonaws.com/b/serverless/orders/dev/1/t"})");
  EXPECT_EQ(caller.judged(), "deployment likely");
  EXPECT_EQ(caller->tool, "serverless");
  EXPECT_EQ(
      WhoCalled(kAlice, "Boto3/1.26", R"(,"eventSource":"cloudformation.amazonaws.com")").judged(),
      "deployment guess");
}

TEST(Who, sdk_on_a_desktop_is_used_by_a_person) {
  EXPECT_EQ(WhoCalled(kAlice, "Boto3/1.34 os/macos#23.3.0").judged(), "human guess");
  EXPECT_EQ(WhoCalled(kAlice, "Boto3/1.34 os/linux").judged(), "automation guess");
  EXPECT_EQ(WhoCalled(role("dev", "bob"), "Boto3/1.34 os/macos#23.3.0")->actor, "bob");
  EXPECT_EQ(WhoCalled(role("dev", "build-7"), "Boto3/1.34 os/macos#23.3.0").judged(),
            "automation guess");
}

TEST(Who, program_is_told_by_what_was_made_up_for_it) {
  const auto judged = [](const char* session) {
    const WhoCalled caller(role("ops", session), "aws-cli/2.15 os/linux");
    return caller.judged() + " " + std::string(caller->actor);
  };
  for (const char* session :
       {"ip-10-2-3-4.eu-central-1.compute.internal", "web01.prod.local", "i-0a1b2c3d"}) {
    EXPECT_EQ(judged(session), "automation likely ops") << session;
  }
  EXPECT_EQ(judged("eks-prod-web-6978-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
            "automation guess ops");
  EXPECT_EQ(judged("i-ching"), "human guess i-ching");
  EXPECT_EQ(judged("agnieszka.nowak"), "human guess agnieszka.nowak");
  EXPECT_EQ(judged("bob@example.org"), "human likely bob@example.org");
  // A run of a pipeline, and no mail address.
  const WhoCalled run(role("deployer", "01JD3K@prod-network@TRACKED@acme"), "Terraform/1.9");
  EXPECT_EQ(run->actor, "deployer");
}

TEST(Who, program_is_told_by_whom_its_key_was_given_to) {
  const std::string issued =
      R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/anna","inScopeOf":)"
      R"({"issuerType":"AWS::Lambda::Function","credentialsIssuedTo":"arn:aws:lambda:x"}})";
  const WhoCalled function(issued, "aws-cli/2.15");
  EXPECT_EQ(function.judged(), "automation likely");
  EXPECT_EQ(function->actor, "r");
  const WhoCalled instance(R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/anna",)"
                           R"("sessionContext":{"ec2RoleDelivery":"2.0"}})",
                           "aws-cli/2.15");
  EXPECT_EQ(instance.judged(), "automation likely");
  EXPECT_EQ(WhoCalled(R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/anna",)"
                      R"("inScopeOf":{}})",
                      "aws-cli/2.15")
                .judged(),
            "human guess");
}

TEST(Who, tool_of_a_service_is_not_how_the_service_is_made) {
  const WhoCalled caller(role_of_service("night", "c9fcd4056f8222e38056623796472932", "scheduler"),
                         "AmazonEventBridgeScheduler, aws-internal/3 aws-sdk-java/2.20");
  EXPECT_EQ(caller.judged(), "schedule certain");
  EXPECT_EQ(caller->tool, "");
}

TEST(Who, agent_within_aws_is_the_console_of_somebody_and_else_a_service) {
  constexpr const char* kWithin = "aws-internal/3 aws-sdk-java/1.12.64 Linux/4.14";
  const WhoCalled person(role("SSO-PowerUser", "jk"), kWithin);
  EXPECT_EQ(person.judged(), "human likely");
  EXPECT_EQ(person->tool, "console");
  const WhoCalled function(role("fn-grants-role", "fn-grants"), kWithin);
  EXPECT_EQ(function.judged(), "service guess");
  EXPECT_EQ(function->tool, "");
  EXPECT_EQ(WhoCalled(role("aws:ec2-instance", "i-0a1b2c3d"), "aws-sdk-rust/1.3").judged(),
            "service certain");
}

TEST(Who, session_of_a_pull_request_is_no_mail_address) {
  const WhoCalled run(
      R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/github/web-via-x@PR-1",)"
      R"("sessionContext":{"webIdFederationData":{"federatedProvider":)"
      R"("arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}}})",
      "aws-cli/2.15");
  EXPECT_EQ(run.judged(), "deployment likely");
  EXPECT_EQ(run->actor, "github");
}

TEST(Who, program_of_a_name_is_told_wherever_it_stands) {
  const auto told = [](const std::string& identity) {
    const WhoCalled caller(identity, "aws-sdk-go-v2/1.32 os/linux");
    return caller.judged() + " " + std::string(caller->tool);
  };
  EXPECT_EQ(told(role("prod", "drone-runner-7")), "deployment likely drone");
  EXPECT_EQ(told(role("MyDroneRunner", "7")), "deployment likely drone");
  EXPECT_EQ(told(R"({"type":"IAMUser","userName":"ci_drone"})"), "deployment likely drone");
  EXPECT_EQ(told(role("drones-telemetry", "7")), "automation guess aws-sdk-go-v2");
  EXPECT_EQ(told(role("jenkins-admin", "tina")), "automation guess aws-sdk-go-v2") << "a person's";
  EXPECT_EQ(told(role("prod", "alice-drone-test")), "automation guess aws-sdk-go-v2");
  const WhoCalled person(role("dev", "alice.jenkins"), "aws-sdk-go-v2/1.32 os/macos");
  EXPECT_EQ(person.judged(), "human guess");
  EXPECT_EQ(person->actor, "alice.jenkins");
  EXPECT_EQ(person->tool, "aws-sdk-go-v2");
}

TEST(Who, runbooks_and_state_machines_are_automation_and_alarms_no_schedule) {
  const auto judged = [](const char* name, const char* session, const char* service) {
    return WhoCalled(role_of_service(name, session, service), "x").judged();
  };
  EXPECT_EQ(judged("r", "Automation-7b1c2d3e", "ssm"), "automation likely");
  EXPECT_EQ(judged("flow", "sPqZxvKbNmLwRtYuIoAsDfGh", "states"), "automation likely");
  EXPECT_EQ(judged("AWSServiceRoleForAmazonSSM", "StateManagerService", "ssm"), "service likely");
  EXPECT_EQ(judged("AWSServiceRoleForCloudWatchEvents", "AwsCloudWatchAlarmAction", "events"),
            "service likely");
}

TEST(Who, provider_is_named_by_the_service_that_tells) {
  const WhoCalled caller(R"({"invokedBy":"AWS Internal"})", "AWS Internal",
                         R"(,"eventType":"AwsServiceEvent","eventSource":"kms.amazonaws.com")");
  EXPECT_EQ(caller.judged(), "provider likely");
  EXPECT_EQ(caller->actor, "kms.amazonaws.com");
  EXPECT_EQ(WhoCalled(R"({"type":"AWSService"})", "",
                      R"(,"eventType":"AwsServiceEvent","eventSource":"kms.amazonaws.com")")
                ->actor,
            "kms.amazonaws.com");
  EXPECT_EQ(WhoCalled(R"({"type":"Unknown","principalId":"1:2837c6bd"})", "x")->actor, "");
}

TEST(Who, event_of_a_service_is_of_the_service_that_tells_it) {
  constexpr const char* kRest =
      R"(,"eventType":"AwsServiceEvent","eventSource":"vpc-lattice.amazonaws.com")";
  const WhoCalled shared(R"({"type":"Unknown"})", "ec2.amazonaws.com", kRest);
  EXPECT_EQ(shared.judged(), "provider likely");
  EXPECT_EQ(shared->actor, "vpc-lattice.amazonaws.com");
  const WhoCalled ended(R"({"accountId":"1","invokedBy":"AWS Internal"})", "aws-cli/1.15", kRest);
  EXPECT_EQ(ended.judged(), "provider likely");
  EXPECT_EQ(ended->tool, "");
}

TEST(Who, role_of_a_service_is_the_service) {
  EXPECT_EQ(WhoCalled(role("AWSServiceRoleForAutoScaling", "AutoScaling"), "x").judged(),
            "autoscaling certain");
  EXPECT_EQ(WhoCalled(role("AWSServiceRoleForRDS", "SLR"), "x").judged(), "service certain");
}

TEST(Who, root_and_users_at_a_command_line_are_human) {
  const WhoCalled root(R"({"type":"Root","arn":"arn:aws:iam::1:root"})", "x");
  EXPECT_EQ(root.judged(), "human likely");
  EXPECT_EQ(root->actor, "root");
  EXPECT_EQ(WhoCalled(kAlice, "aws-cli/1.27.1 Botocore/1.29").judged(), "human likely");
}

TEST(Who, root_is_root_whatever_else_is_said) {
  for (const char* identity :
       {R"({"type":"Root","principalId":"1","arn":"arn:aws:iam::1:root","userName":"shop"})",
        R"({"type":"Root","principalId":"1","accountId":"1","invokedBy":"signin.amazonaws.com"})",
        R"({"principalId":"1","arn":"arn:aws:iam::1:root","accountId":"1"})",
        R"({"type":"AssumedRoot","principalId":"1","arn":"arn:aws:sts::1:assumed-root",)"
        R"("sessionContext":{"sessionIssuer":{"userName":"admin"}}})"}) {
    EXPECT_EQ(WhoCalled(identity, "aws-cli/2.9")->actor, "root") << identity;
  }
}

TEST(Who, caller_of_another_account_is_the_account_or_the_principal) {
  const WhoCalled role(R"({"type":"AWSAccount","principalId":"AROAX:i-0a1b","accountId":"2"})",
                       "x");
  EXPECT_EQ(role->actor, "2");
  EXPECT_EQ(role->session, "i-0a1b");
  EXPECT_EQ(role.judged(), "automation likely");
  EXPECT_EQ(WhoCalled(R"({"type":"AWSAccount","principalId":"AIDAX"})", "x")->actor, "AIDAX");
  EXPECT_EQ(
      WhoCalled(R"({"type":"AWSAccount","principalId":"AROAX:bob@example.org"})", "x").judged(),
      "human likely");
  const WhoCalled bob(
      R"({"type":"AWSAccount","principalId":"AROAX:bob@example.org","accountId":"2"})", "x");
  EXPECT_EQ(bob->actor, "bob@example.org");
  EXPECT_EQ(bob->account, "2");
}

TEST(Who, role_that_stack_sets_made_is_cloudformation_s) {
  for (const char* agent : {"cloudformation.amazonaws.com", "aws-sdk-java/2.20", ""}) {
    const WhoCalled call(
        R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/stacksets-exec-0a1b2c/s",)"
        R"("sessionContext":{"sessionIssuer":{"userName":"stacksets-exec-0a1b2c"}}})",
        agent);
    EXPECT_EQ(call->actor, "cloudformation.amazonaws.com") << agent;
    EXPECT_EQ(call->role, "stacksets-exec-0a1b2c") << agent;
    EXPECT_EQ(call->kind, CauseKind::deployment) << agent;
    EXPECT_EQ(call->tool, "cloudformation") << agent;
  }
}

TEST(Who, host_with_a_certificate_is_its_role) {
  const WhoCalled host(
      R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/build-hosts/00ab12cd",)"
      R"("sessionContext":{"sessionIssuer":{"userName":"build-hosts"},)"
      R"("sourceIdentity":"CN=host-7.example.com"}})",
      "aws-cli/2.9 Python/3.9 Linux");
  EXPECT_EQ(host->actor, "build-hosts");
  EXPECT_EQ(host->session, "00ab12cd");
  EXPECT_EQ(host.judged(), "automation likely");
}

TEST(Who, account_alone_is_nobody_known) {
  const char* const account = R"({"type":"AWSAccount","principalId":"","accountId":"2"})";
  for (const char* agent : {"aws-sdk-java/2.20", "aws-cli/2.9", "x"}) {
    const WhoCalled call(account, agent);
    EXPECT_EQ(call.judged(), "unknown guess") << agent;
    EXPECT_EQ(call->account, "2") << agent;
  }
}

TEST(Who, nothing_known_is_unknown) {
  EXPECT_EQ(WhoCalled(kAlice, "curl/7.88").judged(), "unknown guess");
  EXPECT_EQ(WhoCalled("{}", "").judged(), "unknown guess");
}

TEST(Who, identity_of_wrong_types_is_no_crash) {
  for (const char* identity :
       {"null", "[]", "7", R"({"type":5,"arn":{},"userName":[],"sessionContext":3})",
        R"({"type":"AssumedRole","arn":"noslash","sessionContext":{"sessionIssuer":[]}})",
        R"({"type":"AssumedRole","arn":"one/slash"})"}) {
    EXPECT_EQ(WhoCalled(identity, "").judged(), "unknown guess") << identity;
  }
}

}  // namespace
}  // namespace statewire
