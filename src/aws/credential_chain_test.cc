#include "aws/credential_chain.h"

#include <cstdlib>

#include "aws/aws_for_test.h"
#include "net/http_client.h"

namespace statewire {
namespace {

const SystemClock kClock;

// "provider:key", or "error: text".
std::string found(const AwsSurroundings& surroundings) {
  const FoundCredentials result = find_credentials(surroundings, kClock);
  if (!result.credentials) return "error: " + result.credentials.error().text;
  return result.credentials->provider + ":" + result.credentials->access_key_id;
}

constexpr const char* kKeys =
    "aws_access_key_id = FROMFILE\naws_secret_access_key = secret-of-file\n";

TEST(CredentialChain, nothing_says_where_it_was_looked_for) {
  AwsHome home;
  const FoundCredentials result = find_credentials(home.surroundings(), kClock);
  ASSERT_FALSE(result.credentials.ok());
  EXPECT_EQ(result.credentials.error().kind, ErrorKind::not_found);
  std::vector<std::string_view> providers;
  for (const LookedAt& looked : result.looked_at) providers.push_back(looked.provider);
  EXPECT_EQ(providers,
            (std::vector<std::string_view>{"env", "assume-role", "assume-role-with-web-identity",
                                           "sso", "shared-credentials-file", "custom-process",
                                           "config-file", "container-role", "iam-role"}));
}

TEST(CredentialChain, the_environment_comes_first_and_half_of_it_is_an_error) {
  AwsHome home;
  home.write(".aws/credentials", std::string("[default]\n") + kKeys);
  EXPECT_EQ(found(home.surroundings()), "shared-credentials-file:FROMFILE");
  home.set("AWS_ACCESS_KEY_ID", "FROMENV");
  EXPECT_EQ(found(home.surroundings()),
            "error: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  home.set("AWS_SECRET_ACCESS_KEY", "secret");
  EXPECT_EQ(found(home.surroundings()), "env:FROMENV");
}

TEST(CredentialChain, a_process_comes_between_the_two_files) {
  AwsHome home;
  home.write(".aws/config",
             std::string("[default]\n") + kKeys +
                 "credential_process = /bin/echo '{\"Version\": 1, \"AccessKeyId\": \"PROCESS\", "
                 "\"SecretAccessKey\": \"s\", \"Expiration\": \"2030-01-01T00:00:00Z\"}'\n");
  const FoundCredentials result = find_credentials(home.surroundings(), kClock);
  ASSERT_TRUE(result.credentials.ok()) << result.credentials.error().text;
  EXPECT_EQ(result.credentials->provider, "custom-process");
  EXPECT_EQ(result.credentials->expires, parse_time("2030-01-01T00:00:00Z"));
  home.write(".aws/config", std::string("[default]\n") + kKeys);
  EXPECT_EQ(found(home.surroundings()), "config-file:FROMFILE");
}

TEST(CredentialChain, what_is_configured_and_fails_is_not_passed_over) {
  AwsHome home;
  home.write(".aws/config",
             std::string("[default]\n") + kKeys + "credential_process = /bin/false\n");
  EXPECT_EQ(found(home.surroundings()), "error: /bin/false ended with status 1");
}

TEST(CredentialChain, a_role_is_assumed_through_a_chain_of_profiles) {
  AwsHome home;
  FakeAws sts([](const SeenRequest& request) {
    const bool is_first = request.body.find("role%2Ffirst") != std::string::npos;
    return HttpServerResponse{.body = sts_credentials("AssumeRole", is_first ? "FIRST" : "SECOND")};
  });
  home.set("AWS_ENDPOINT_URL_STS", sts.url());
  home.write(".aws/config",
             "[default]\nrole_arn = arn:aws:iam::1:role/second\nsource_profile = middle\n"
             "external_id = x&y\nrole_session_name = me\n"
             "[profile middle]\nrole_arn = arn:aws:iam::1:role/first\nsource_profile = base\n");
  home.write(".aws/credentials", std::string("[base]\n") + kKeys);
  EXPECT_EQ(found(home.surroundings()), "assume-role:SECOND");
  const auto seen = sts.seen();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NE(seen[0].headers.at("authorization").find("Credential=FROMFILE/"), std::string::npos);
  EXPECT_NE(seen[1].headers.at("authorization").find("Credential=FIRST/"), std::string::npos);
  EXPECT_EQ(seen[1].headers.at("x-amz-security-token"), "token-of-FIRST");
  EXPECT_NE(seen[1].body.find("&RoleSessionName=me&ExternalId=x%26y"), std::string::npos);
}

TEST(CredentialChain, a_role_may_come_from_the_environment_and_not_from_itself) {
  AwsHome home;
  FakeAws sts([](const SeenRequest&) {
    return HttpServerResponse{.body = sts_credentials("AssumeRole", "ROLE")};
  });
  home.set("AWS_ENDPOINT_URL_STS", sts.url());
  home.write(".aws/config",
             "[default]\nrole_arn = arn:aws:iam::1:role/a\ncredential_source = Environment\n");
  EXPECT_NE(found(home.surroundings()).find("AWS_ACCESS_KEY_ID is not set"), std::string::npos);
  home.write(".aws/config",
             "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n"
             "[profile b]\nrole_arn = x\nsource_profile = default\n");
  EXPECT_EQ(found(home.surroundings()), "error: profile default is its own source_profile");
  EXPECT_TRUE(sts.seen().empty());
}

TEST(CredentialChain, a_web_identity_is_told_without_a_signature) {
  AwsHome home;
  FakeAws sts([](const SeenRequest&) {
    return HttpServerResponse{.body = sts_credentials("AssumeRoleWithWebIdentity", "WEB")};
  });
  home.set("AWS_ENDPOINT_URL_STS", sts.url());
  home.set("AWS_WEB_IDENTITY_TOKEN_FILE", home.write("token", "a.b.c"));
  home.set("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod");
  EXPECT_EQ(found(home.surroundings()), "assume-role-with-web-identity:WEB");
  EXPECT_EQ(sts.seen().at(0).headers.at("authorization"), "");
  EXPECT_NE(sts.seen().at(0).body.find("WebIdentityToken=a.b.c"), std::string::npos);
}

TEST(CredentialChain, an_sso_token_is_renewed_and_kept_for_the_next) {
  AwsHome home;
  FakeAws portal([](const SeenRequest& request) {
    if (request.target == "/token") {
      return json_answer(200, R"({"accessToken":"fresh","expiresIn":3600,"refreshToken":"r2"})");
    }
    EXPECT_EQ(request.target, "/federation/credentials?role_name=Reader&account_id=123456789012");
    EXPECT_EQ(request.headers.at("x-amz-sso_bearer_token"), "fresh");
    return json_answer(200, R"({"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s",
                                "sessionToken":"t","expiration":1893456000000}})");
  });
  home.set("AWS_ENDPOINT_URL", portal.url());
  home.write(".aws/config",
             "[default]\nsso_session = corp\nsso_account_id = 123456789012\n"
             "sso_role_name = Reader\n[sso-session corp]\nsso_region = eu-west-1\n"
             "sso_start_url = https://corp.awsapps.com/start\n");
  EXPECT_EQ(found(home.surroundings()), "error: no SSO token is cached: run `aws sso login`");
  // The name is the SHA-1 of "corp".
  const std::string token =
      home.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
                 R"({"accessToken":"stale","expiresAt":"2020-01-01T00:00:00Z","refreshToken":"r1",
          "clientId":"c","clientSecret":"d","registrationExpiresAt":"2030-01-01T00:00:00Z"})");
  EXPECT_EQ(found(home.surroundings()), "sso:SSO");
  EXPECT_EQ(portal.seen().size(), 2u);
  EXPECT_EQ(found(home.surroundings()), "sso:SSO");
  EXPECT_EQ(portal.seen().size(), 3u) << "the renewed token was not kept";
  EXPECT_EQ(std::filesystem::status(token).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

// Whoever gives credentials may be busy, or not be reached: that passes. It is told from what only
// a person ends.
TEST(CredentialChain, trouble_of_those_who_give_credentials_passes) {
  struct Case {
    int status;  // 0: no answer at all.
    const char* body;
    bool passes;
  };
  constexpr Case kCases[] = {{429, "{}", true},
                             {503, "<html>", true},
                             {0, "", true},
                             {200, "<html>log in", true},
                             {400, R"({"__type":"SlowDownException","Code":"Throttling"})", true},
                             {401, "{}", false}};
  for (const Case& each : kCases) {
    FakeAws service([&](const SeenRequest& request) {
      // The instance's metadata service is there, and gives a token; what follows fails.
      if (request.method == "PUT") return HttpServerResponse{.body = "imds-token"};
      return HttpServerResponse{.status = each.status, .body = each.body};
    });
    const std::string url = each.status == 0 ? "http://127.0.0.1:1" : service.url();
    const auto home_for = [&](AwsHome& home, std::string_view way) {
      home.set("AWS_ENDPOINT_URL", url);
      if (way == "sso" || way == "sso that is renewed") {
        home.write(".aws/config",
                   "[default]\nsso_session = corp\nsso_account_id = 123456789012\n"
                   "sso_role_name = Reader\n[sso-session corp]\nsso_region = eu-west-1\n"
                   "sso_start_url = https://corp.awsapps.com/start\n");
        home.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
                   std::string(R"({"accessToken":"a","refreshToken":"r","clientId":"c",
                       "clientSecret":"d","registrationExpiresAt":"2100-01-01T00:00:00Z",
                       "expiresAt":")") +
                       (way == "sso" ? "2099-01-01T00:00:00Z\"}" : "2020-01-01T00:00:00Z\"}"));
      } else if (way == "web identity") {
        home.set("AWS_WEB_IDENTITY_TOKEN_FILE", home.write("token", "a.b.c"));
        home.set("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod");
      } else if (way == "role") {
        home.write(".aws/config", std::string("[default]\nrole_arn = arn:aws:iam::1:role/a\n"
                                              "source_profile = base\n[profile base]\n") +
                                      kKeys);
      } else if (way == "container") {
        home.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url + "/creds");
      } else {
        home.unset("AWS_EC2_METADATA_DISABLED");
        home.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
      }
    };
    for (const std::string_view way :
         {"sso", "sso that is renewed", "web identity", "role", "container", "instance"}) {
      // Nothing that answers at that address is no instance, rather than one in trouble.
      if (way == "instance" && each.status == 0) continue;
      AwsHome home;
      home_for(home, way);
      const FoundCredentials found = find_credentials(home.surroundings(), kClock);
      ASSERT_FALSE(found.credentials.ok()) << way;
      EXPECT_EQ(found.credentials.error().kind == ErrorKind::unavailable, each.passes)
          << way << " " << each.status << ": " << found.credentials.error().text;
    }
  }
}

TEST(CredentialChain, a_container_agent_is_asked_with_its_token) {
  AwsHome home;
  FakeAws agent([](const SeenRequest& request) {
    EXPECT_EQ(request.headers.at("authorization"), "Bearer x");
    return json_answer(200, R"({"AccessKeyId":"AGENT","SecretAccessKey":"s","Token":"t",
                                "Expiration":"2030-01-01T00:00:00Z"})");
  });
  home.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", home.write("agent", "Bearer x"));
  for (const char* elsewhere :
       {"http://192.0.2.1/creds", "http://127.0.0.1@192.0.2.1/", "http://192.0.2.1?@127.0.0.1/",
        "http://[2001:db8::1]/", "http://"}) {
    home.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", elsewhere);
    EXPECT_NE(found(home.surroundings()).find("neither https nor"), std::string::npos) << elsewhere;
  }
  home.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.url() + "/creds");
  EXPECT_EQ(found(home.surroundings()), "container-role:AGENT");
  home.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/task");
  AwsSurroundings surroundings = home.surroundings();
  surroundings.container_metadata_url = agent.url();
  EXPECT_EQ(found(surroundings), "container-role:AGENT");
  EXPECT_EQ(agent.seen().back().target, "/v2/task");
}

TEST(CredentialChain, a_process_that_never_ends_is_ended_and_told) {
  AwsHome home;
  home.write(".aws/config", "[default]\ncredential_process = /bin/sleep 60\n");
  AwsSurroundings surroundings = home.surroundings();
  EXPECT_EQ(surroundings.process_timeout, std::chrono::seconds(60));
  surroundings.process_timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(found(surroundings),
            "error: credential_process: /bin/sleep had not ended after 50ms, and was ended");
}

// A variable of this process, which the HTTP client reads.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* const before = std::getenv(name);
    if (before != nullptr) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* const name_;
  std::optional<std::string> before_;
};

// 0.0.0.0 leads to this machine, and is no address that a proxy is not asked for anyway.
TEST(CredentialChain, instance_and_container_are_never_asked_by_a_proxy) {
  const auto answer = [](const SeenRequest& request) {
    if (request.method == "PUT" || request.target.ends_with('/')) {
      return HttpServerResponse{.body = "token-or-role"};
    }
    return HttpServerResponse{.body = R"({"AccessKeyId":"KEY","SecretAccessKey":"s","Token":"t",
                    "Expiration":"2030-01-01T00:00:00Z"})"};
  };
  FakeAws service(answer);
  FakeAws proxy(answer);
  const Variable http_proxy("http_proxy", proxy.url());
  const Variable no_proxy("no_proxy", "nobody.example");
  const std::string outside = "http://0.0.0.0" + service.url().substr(service.url().rfind(':'));
  const Result<HttpResponse> other = fetch({.url = outside + "/x"});
  ASSERT_TRUE(other.ok()) << other.error().text;
  ASSERT_TRUE(service.seen().empty()) << "others are asked by the proxy, which is none really";

  AwsHome home;
  home.unset("AWS_EC2_METADATA_DISABLED");
  AwsSurroundings surroundings = home.surroundings();
  surroundings.instance_metadata_url = outside;
  EXPECT_EQ(found(surroundings), "iam-role:KEY");
  home.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/task");
  surroundings = home.surroundings();
  surroundings.container_metadata_url = outside;
  EXPECT_EQ(found(surroundings), "container-role:KEY");
  EXPECT_EQ(service.seen().size(), 4u);
}

TEST(CredentialChain, an_instance_is_asked_by_version_two_only) {
  AwsHome home;
  home.unset("AWS_EC2_METADATA_DISABLED");
  bool speaks_two = true;
  FakeAws metadata([&](const SeenRequest& request) {
    if (request.method == "PUT") {
      return HttpServerResponse{.status = speaks_two ? 200 : 403, .body = "imds-token"};
    }
    EXPECT_EQ(request.headers.at("x-aws-ec2-metadata-token"), "imds-token");
    if (request.target.ends_with('/')) return HttpServerResponse{.body = "web-role"};
    return HttpServerResponse{
        .body = R"({"Code":"Success","AccessKeyId":"INSTANCE","SecretAccessKey":"s","Token":"t",
                    "Expiration":"2030-01-01T00:00:00Z"})"};
  });
  AwsSurroundings surroundings = home.surroundings();
  surroundings.instance_metadata_url = metadata.url();
  EXPECT_EQ(found(surroundings), "iam-role:INSTANCE");
  EXPECT_EQ(metadata.seen().back().target, "/latest/meta-data/iam/security-credentials/web-role");
  speaks_two = false;
  EXPECT_NE(found(surroundings).find("no AWS credentials were found"), std::string::npos);
}

}  // namespace
}  // namespace statewire
