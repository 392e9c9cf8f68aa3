// `statewire aws whoami`: looks for credentials as the daemon does, says where, and tries them.
#include "aws/call_now.h"
#include "aws/credential_chain.h"
#include "aws/providers.h"
#include "aws/xml.h"
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

// Which of the chain gave what, and who that is.
struct CallerIdentity {
  FoundCredentials found;
  std::string role;      // That was to be assumed; empty: none.
  std::string region;    // Empty where none is configured.
  std::string endpoint;  // Of STS.
  std::string account;
  std::string arn;
  std::string user_id;
  std::string problem;  // Why the credentials could not be tried, or were refused.
};

std::string_view word_of(LookedAt::Outcome outcome) {
  switch (outcome) {
    case LookedAt::Outcome::nothing:
      return "nothing";
    case LookedAt::Outcome::found:
      return "found";
    case LookedAt::Outcome::failed:
      return "failed";
  }
  CHECK(false);
}

void ask_sts(const AwsSettings& settings, const Clock& clock, CallerIdentity& identity) {
  const Result<AwsTarget> target =
      settings.target(kSts, settings.region().empty() ? "us-east-1" : "");
  if (!target) {
    identity.problem = target.error().text;
    return;
  }
  identity.endpoint = target->url;
  AwsCall call = query_call(*target, "GetCallerIdentity", "2011-06-15", {});
  call.timeout = std::chrono::seconds(10);
  const AwsAnswer answer = call_now(call, identity.found.credentials.value(), clock);
  const Result<AwsXml> xml =
      answer.ok() ? AwsXml::parse(answer.response.body) : bad_input("no answer");
  if (!answer.ok() || !xml) {
    identity.problem = answer.ok() ? "the answer of STS is no XML" : answer.text();
    return;
  }
  identity.account = xml->text("GetCallerIdentityResult/Account");
  identity.arn = xml->text("GetCallerIdentityResult/Arn");
  identity.user_id = xml->text("GetCallerIdentityResult/UserId");
}

CallerIdentity find_identity(const AwsRole& role) {
  const AwsSurroundings surroundings;
  const SystemClock clock;
  CallerIdentity identity{.role = role.arn};
  identity.found = find_credentials(surroundings, clock);
  const Result<AwsSettings> settings = AwsSettings::read(surroundings);
  if (settings) identity.region = settings->region();
  Result<AwsCredentials>& credentials = identity.found.credentials;
  if (credentials && !role.empty()) {
    credentials = assume_role(surroundings, *credentials, role, clock);
  }
  if (!credentials) {
    identity.problem = credentials.error().text;
  } else if (!settings) {
    identity.problem = settings.error().text;
  } else {
    ask_sts(*settings, clock, identity);
  }
  return identity;
}

void write(const CallerIdentity& identity, JsonWriter& json) {
  json.begin_object();
  json.begin_array("looked_at");
  for (const LookedAt& looked : identity.found.looked_at) {
    json.begin_object();
    json.text("provider", looked.provider);
    json.text("outcome", word_of(looked.outcome));
    json.text("detail", looked.detail);
    json.end_object();
  }
  json.end_array();
  if (const Result<AwsCredentials>& credentials = identity.found.credentials) {
    json.known_text("provider", credentials->provider);
    json.known_text("access_key", masked(credentials->access_key_id));
    if (credentials->expires) json.time("expires", *credentials->expires);
  }
  json.known_text("role", identity.role);
  json.known_text("region", identity.region);
  json.known_text("endpoint", identity.endpoint);
  json.known_text("account", identity.account);
  json.known_text("arn", identity.arn);
  json.known_text("user_id", identity.user_id);
  json.known_text("problem", identity.problem);
  json.end_object();
}

void write_table(const CallerIdentity& identity, Terminal& terminal) {
  Table table({{.title = "provider"}, {.title = "outcome"}, {.title = "detail"}});
  for (const LookedAt& looked : identity.found.looked_at) {
    const Tint tint = looked.outcome == LookedAt::Outcome::found    ? Tint::good
                      : looked.outcome == LookedAt::Outcome::failed ? Tint::bad
                                                                    : Tint::faint;
    table.add({{std::string(looked.provider)},
               {std::string(word_of(looked.outcome)), tint},
               {looked.detail}});
  }
  terminal.write(table.take_text(terminal) + "\n");
  const auto line = [&](std::string name, const std::string& value) {
    if (value.empty()) return;
    name.resize(12, ' ');
    terminal.write(name + value + "\n");
  };
  line("identity", identity.arn);
  line("account", identity.account);
  line("role", identity.role);
  line("region", identity.region.empty() ? "none: set AWS_REGION, or `region` where it is needed"
                                         : identity.region);
  if (const Result<AwsCredentials>& credentials = identity.found.credentials;
      credentials && credentials->expires) {
    line("expires", format_time(*credentials->expires));
  }
}

}  // namespace

ExitCode run_aws_whoami(const Invocation& invocation, Terminal& terminal) {
  const CallerIdentity identity = find_identity(
      {.arn = invocation.text("--role"), .external_id = invocation.text("--external-id")});
  if (invocation.text("--output") == "json") {
    terminal.write(json_of([&](JsonWriter& json) { write(identity, json); }) + "\n");
  } else {
    write_table(identity, terminal);
    if (!identity.problem.empty()) terminal.complain(identity.problem);
  }
  return identity.problem.empty() ? ExitCode::well : ExitCode::failed;
}

}  // namespace statewire
