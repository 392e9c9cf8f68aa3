#include "cli/queue_policy.h"

#include <fnmatch.h>

#include <algorithm>

#include "base/json_writer.h"
#include "cli/reply.h"

namespace statewire {
namespace {

using std::string;

constexpr std::string_view kEvents = "events.amazonaws.com";
constexpr std::string_view kSend = "sqs:sendmessage";

// A text, or a list of texts.
std::vector<string> texts_of(JsonElement value) {
  if (value.is_string()) return {text_at(value, "")};
  std::vector<string> texts;
  for (const JsonElement& item : items_at(value, "")) texts.push_back(text_at(item, ""));
  return texts;
}
std::vector<string> texts_of(JsonElement statement, std::string_view key) {
  const auto found = find_at(statement, key);
  return found.error() ? std::vector<string>() : texts_of(found.value_unsafe());
}

string lower(string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_like(const string& pattern, std::string_view text) {
  return ::fnmatch(pattern.c_str(), string(text).c_str(), 0) == 0;
}

bool is_of_events(JsonElement statement) {
  JsonElement principal;
  if (find_at(statement, "Principal").get(principal) != simdjson::SUCCESS) return false;
  if (principal.is_string()) return text_at(principal, "") == "*";
  const std::vector<string> services = texts_of(principal, "Service");
  const std::vector<string> anybody = texts_of(principal, "AWS");
  return std::ranges::find(services, kEvents) != services.end() ||
         std::ranges::find(anybody, "*") != anybody.end();
}

bool concerns_sending(JsonElement statement, std::string_view queue_arn) {
  return std::ranges::any_of(texts_of(statement, "Action"),
                             [](const string& each) { return is_like(lower(each), kSend); }) &&
         std::ranges::any_of(texts_of(statement, "Resource"),
                             [&](const string& each) { return is_like(each, queue_arn); });
}

// Of one key below one operator.
bool holds(const string& operation, const string& key, JsonElement value, const QueueRule& rule) {
  const std::vector<string> wanted = texts_of(value);
  if (operation == "bool" && key == "aws:securetransport") {
    return text_at(value, "") == "true";
  }
  if (operation == "stringequals" && key == "aws:sourceaccount") {
    return std::ranges::find(wanted, rule.account) != wanted.end();
  }
  if (key != "aws:sourcearn") return false;
  const bool is_pattern =
      operation == "arnequals" || operation == "arnlike" || operation == "stringlike";
  if (!is_pattern && operation != "stringequals") return false;
  return std::ranges::any_of(wanted, [&](const string& each) {
    return is_pattern ? is_like(each, rule.arn) : each == rule.arn;
  });
}

bool do_conditions_hold(JsonElement statement, const QueueRule& rule) {
  simdjson::dom::object operations;
  JsonElement condition;
  if (find_at(statement, "Condition").get(condition) != simdjson::SUCCESS) return true;
  if (condition.get(operations) != simdjson::SUCCESS) return false;
  for (const auto operation : operations) {
    simdjson::dom::object keys;
    if (operation.value.get(keys) != simdjson::SUCCESS) return false;
    for (const auto key : keys) {
      if (!holds(lower(string(operation.key)), lower(string(key.key)), key.value, rule)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

bool policy_lets_send(std::string_view policy, std::string_view queue_arn, const QueueRule& rule) {
  const Result<Reply> parsed = Reply::parse(policy);
  if (!parsed) return false;
  std::vector<JsonElement> statements = items_at(parsed->root(), "Statement");
  if (JsonElement one;
      find_at(parsed->root(), "Statement").get(one) == simdjson::SUCCESS && one.is_object()) {
    statements.push_back(one);
  }
  bool is_allowed = false;
  for (const JsonElement& statement : statements) {
    if (!is_of_events(statement) || !concerns_sending(statement, queue_arn)) continue;
    if (!do_conditions_hold(statement, rule)) continue;
    if (text_at(statement, "Effect") == "Deny") return false;
    is_allowed = true;
  }
  return is_allowed;
}

string policy_for_rules(std::string_view queue_arn, std::span<const QueueRule> rules) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("Version", "2012-10-17");
    json.begin_array("Statement");
    json.begin_object();
    json.text("Effect", "Allow");
    json.begin_object("Principal");
    json.text("Service", kEvents);
    json.end_object();
    json.text("Action", "sqs:SendMessage");
    json.text("Resource", queue_arn);
    json.begin_object("Condition");
    json.begin_object("ArnEquals");
    json.key_text("aws:SourceArn");
    json.begin_array();
    for (const QueueRule& rule : rules) json.text(rule.arn);
    json.end_array();
    json.end_object();
    json.end_object();
    json.end_object();
    json.end_array();
    json.end_object();
  });
}

string shell_word(std::string_view text) {
  string word = "'";
  for (const char c : text) word += c == '\'' ? string("'\\''") : string(1, c);
  return word + "'";
}

}  // namespace statewire
