#include "cli/init_files.h"

#include <fmt/format.h>

#include <cctype>

#include "base/json_writer.h"
#include "base/limits.h"
#include "catalog/catalog.h"
#include "config/plain_name.h"
#include "deploy/model_texts.h"
#include "deploy/template.h"
#include "net/url.h"

namespace statewire {
namespace {

// What the names of the files beside a configuration begin with, where its own name will not do.
constexpr std::string_view kUsualStem = "statewire";

// The files beside the configuration: those of two in one folder differ.
struct FileNames {
  std::string address;
  std::string stack;
};

// "b" of "b.yaml".
FileNames names_beside(const std::string& config) {
  std::string stem = config.substr(0, config.rfind('.'));
  if (!is_plain_name(stem, kPlaceBytesMax)) stem = kUsualStem;
  return {.address = stem + "-address", .stack = stem + "-aws.yaml"};
}

// The parts of https://sqs.eu-west-1.amazonaws.com/123456789012/name.
struct QueueName {
  std::string region;
  std::string account;
  std::string name;
};

std::optional<QueueName> queue_of(const std::string& url) {
  const Result<Url> parsed = parse_url(url);
  if (!parsed || !parsed->host.starts_with("sqs.")) return std::nullopt;
  QueueName queue;
  queue.region = parsed->host.substr(4, parsed->host.find('.', 4) - 4);
  const size_t slash = url.rfind('/');
  const size_t before = url.rfind('/', slash - 1);
  queue.name = url.substr(slash + 1);
  queue.account = url.substr(before + 1, slash - before - 1);
  if (queue.name.empty() || queue.account.empty()) return std::nullopt;
  return queue;
}

// A stack of this name makes the queue, and all that fills it. A FIFO queue, and one whose name no
// stack may have, somebody has made.
bool may_be_made(const QueueName& queue) {
  return std::isalpha(static_cast<unsigned char>(queue.name.front())) != 0 &&
         queue.name.find_first_of("_.") == std::string::npos;
}

bool is_url(const std::string& text) {
  return text.starts_with("https://") || text.starts_with("http://");
}
bool is_mail_address(const std::string& text) {
  const size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size();
}

// YAML reads JSON.
std::string yaml_text(std::string_view text) {
  return json_of([&](JsonWriter& json) { json.text(text); });
}

// "./events.jsonl", "trail.jsonl", "C/D/*.json.gz": no single word, which may be an answer to
// another question, and no address.
bool is_path(const std::string& text) {
  if (text.find("://") != text.npos || is_mail_address(text)) return false;
  return text.find_first_of("/.") != text.npos && !text.ends_with('/');
}

std::string source_section(const std::string& events, const FileNames& names) {
  if (events == "http") {
    return "# Events come over HTTP alone: POST /events. Other sources are in "
           "docs/statewire.yaml.\n"
           "# sources:\n"
           "#   bus: {kind: sqs, queue: "
           "https://sqs.eu-west-1.amazonaws.com/123456789012/statewire}\n";
  }
  if (const std::optional<QueueName> queue = queue_of(events)) {
    const std::string how =
        may_be_made(*queue)
            ? fmt::format("{} makes the queue, its rules and the role.", names.stack)
            : "`statewire aws template` writes what makes one.";
    return fmt::format(
        "sources:\n"
        "  bus:                           # {}\n"
        "    kind: sqs\n"
        "    queue: {}\n",
        how, yaml_text(events));
  }
  return fmt::format(
      "sources:\n"
      "  file:\n"
      "    kind: file                   # JSON lines, an array, or files of CloudTrail.\n"
      "    path: {}\n"
      "    follow: true                 # Goes on as the file grows; false reads it once.\n",
      yaml_text(events));
}

std::string sink_section(const std::string& to, const FileNames& names) {
  if (to == "stdout") return "    format: text\n    sink: {kind: stdout}\n";
  if (is_mail_address(to)) {
    return fmt::format(
        "    sink:\n"
        "      kind: email\n"
        "      host: localhost            # Your mail server; see docs/statewire.yaml for a "
        "login.\n"
        "      tls: none                  # Or starttls, or tls.\n"
        "      from: {}\n"
        "      to: {}\n",
        yaml_text("statewire" + to.substr(to.find('@'))), yaml_text(to));
  }
  const bool is_slack = to.find("hooks.slack.com/") != to.npos;
  return fmt::format(
      "    sink:\n"
      "      kind: {}\n"
      "      url_file: {}   # The address is a secret: it stands in a file of its own.\n",
      is_slack ? "slack" : "webhook", names.address);
}

std::string subscription_section(const InitAnswers& answers, const FileNames& names) {
  std::string text = "subscriptions:\n  people:\n";
  if (answers.what == "trouble") {
    text +=
        "    # Of what nobody planned: `statewire test people` says what it would have sent.\n"
        "    when:\n"
        "      severitytext: [WARN, ERROR]\n"
        "    # Who did it is often known only minutes later.\n"
        "    hold: {for: [cause], at_most: 10m}\n";
  }
  return text + sink_section(answers.to, names);
}

std::string configuration(const InitAnswers& answers, const FileNames& names) {
  return fmt::format(
      "# Written by `statewire init`. `statewire check` looks at it, `statewire doctor` tries it;\n"
      "# docs/statewire.yaml has every key.\n"
      "version: 1\n"
      "instance: {}       # Part of the source of every notification.\n"
      "store: {}          # A folder, made where there is none.\n"
      "\n"
      "http:\n"
      "  listen: 127.0.0.1:8484         # Events, questions, metrics. Beyond loopback it needs "
      "tokens.\n"
      "\n{}\n{}",
      answers.instance, yaml_text(answers.store), source_section(answers.events, names),
      subscription_section(answers, names));
}

std::string stack_of(const QueueName& queue, const FileNames& names) {
  const Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  CHECK(catalog.ok());
  const Result<std::vector<EventRule>> rules = event_rules(*catalog, {});
  CHECK(rules.ok());
  return cloudformation_template(
      hub_model(), *rules,
      fmt::format("What the source `bus` needs, as a stack in account {}, region {}:\n"
                  "  aws cloudformation deploy --stack-name {} --template-file {} \\\n"
                  "    --capabilities CAPABILITY_NAMED_IAM --region {}",
                  queue.account, queue.region, queue.name, names.stack, queue.region));
}

}  // namespace

Result<void> check_answers(const InitAnswers& answers) {
  for (const std::string& answer : {answers.store, answers.events, answers.to}) {
    if (answer.find_first_of("$\r\n\t") != std::string::npos) {
      return bad_input("an answer has no \"$\", no tab and no line break");
    }
  }
  if (!is_plain_name(answers.instance, kPlaceBytesMax)) {
    return bad_input("an instance's name has letters, digits, \"-\", \"_\" and \".\"");
  }
  if (answers.store.empty()) return bad_input("the store needs a folder");
  if (is_url(answers.events) && !queue_of(answers.events)) {
    return bad_input(
        "the queue's URL is one such as "
        "https://sqs.eu-west-1.amazonaws.com/123456789012/statewire");
  }
  const bool has_source =
      answers.events == "http" || is_url(answers.events) || is_path(answers.events);
  if (!has_source) {
    return bad_input("say http, a queue's URL, or the path of a file, such as ./events.jsonl");
  }
  const bool is_known = answers.to == "stdout" || is_url(answers.to) || is_mail_address(answers.to);
  if (!is_known) return bad_input("say stdout, a URL, or a mail address");
  if (answers.what != "trouble" && answers.what != "everything") {
    return bad_input("say trouble or everything");
  }
  return {};
}

std::vector<InitFile> init_files(const InitAnswers& answers, const std::string& config) {
  const FileNames names = names_beside(config);
  std::vector<InitFile> files = {{.name = config, .text = configuration(answers, names)}};
  if (is_url(answers.to)) {
    files.push_back({.name = names.address, .text = answers.to + "\n", .is_secret = true});
  }
  const std::optional<QueueName> queue = queue_of(answers.events);
  if (queue && may_be_made(*queue)) {
    files.push_back({.name = names.stack, .text = stack_of(*queue, names)});
  }
  return files;
}

}  // namespace statewire
