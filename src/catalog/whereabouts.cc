#include "catalog/whereabouts.h"

#include "base/text.h"

namespace statewire {
namespace {

// "eu-west-1", "us-gov-east-1"
bool is_region(std::string_view text) {
  const size_t last = text.rfind('-');
  return text.find('-') < last && last != text.npos && last + 2 == text.size() &&
         text.back() >= '0' && text.back() <= '9';
}

// https://sqs.eu-west-1.amazonaws.com/123456789012/orders, of old also
// https://eu-west-1.queue.amazonaws.com/… and https://queue.amazonaws.com/…
Whereabouts whereabouts_of_url(std::string_view url) {
  Whereabouts result;
  std::string_view host = take_until(url, '/');
  if (host.find(".amazonaws.com") == host.npos) return result;
  const std::string_view account = take_until(url, '/');
  if (!is_account(account)) return result;
  result.account = account;
  if (host == "queue.amazonaws.com") result.region = "us-east-1";
  while (result.region.empty() && !host.empty()) {
    const std::string_view label = take_until(host, '.');
    if (is_region(label)) result.region = label;
  }
  return result;
}

bool is_named(std::string_view arn, std::string_view id) {
  if (!arn.ends_with(id)) return false;
  if (arn.size() == id.size()) return true;
  const char before = arn[arn.size() - id.size() - 1];
  return before == ':' || before == '/';
}

// As it says itself, or else as its ARN does.
std::string_view account_of(simdjson::dom::element resource, const ArnFields& arn) {
  std::string_view account;
  return resource["accountId"].get(account) || !is_account(account) ? arn.account : account;
}

}  // namespace

Whereabouts whereabouts_of_name(std::string_view name) {
  constexpr std::string_view kHttps = "https://";
  if (name.starts_with("arn:")) {
    const ArnFields arn = arn_fields(name);
    return {arn.account, arn.region};
  }
  if (name.starts_with(kHttps)) return whereabouts_of_url(name.substr(kHttps.size()));
  const std::string_view first = name.substr(0, name.find(':'));
  return {first.size() < name.size() && is_account(first) ? first : std::string_view(), {}};
}

Whereabouts whereabouts_in(simdjson::dom::array resources, std::string_view id) {
  for (const simdjson::dom::element each : resources) {
    std::string_view name;
    if (id.empty() || each["ARN"].get(name) || !is_named(name, id)) continue;
    const ArnFields arn = arn_fields(name);
    return {account_of(each, arn), arn.region};
  }
  return {};
}

std::string_view only_account_in(simdjson::dom::array resources) {
  std::string_view only;
  for (const simdjson::dom::element each : resources) {
    std::string_view name;
    if (each["ARN"].get(name)) name = {};
    const std::string_view account = account_of(each, arn_fields(name));
    if (account.empty() || account == only) continue;
    if (!only.empty()) return {};
    only = account;
  }
  return only;
}

}  // namespace statewire
