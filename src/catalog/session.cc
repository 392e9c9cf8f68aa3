#include "catalog/session.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "catalog/letters.h"
#include "catalog/machine_words.h"
#include "catalog/robot_name.h"
#include "catalog/tool_table.h"

namespace statewire {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCdk = "aws-cdk-";

bool is_machine_word(std::string_view word) { return is_tool_word(word) || names_machine(word); }

// Whether a session begins with the letters of a label, whatever is between those.
bool begins_with_letters(std::string_view session, std::string_view label) {
  size_t at = 0;
  for (const char c : label) {
    if (!is_letter_or_digit(c)) continue;
    if (at == session.size() || lower_letter(session[at]) != c) return false;
    ++at;
  }
  return at > 0;
}

bool is_made_by_sdk(std::string_view session) {
  return session.starts_with("botocore-session-") || session.starts_with("aws-go-sdk-") ||
         session.starts_with("aws-sdk-") || session.starts_with("AWSCLI-Session");
}

}  // namespace

bool is_made_up(std::string_view session) {
  return is_made_by_sdk(session) || session.find_first_not_of(kDigits) == std::string_view::npos;
}

std::string_view name_in_session(std::string_view session) {
  const bool has_digit = session.find_first_of(kDigits) != std::string_view::npos;
  if (has_digit || names_robot(session)) return {};
  if (is_named_session(session) || tool_in_name(session) != nullptr) return {};
  const std::string_view name = session.starts_with(kCdk) ? session.substr(kCdk.size()) : session;
  for (size_t begin = 0;;) {
    const size_t end = name.find_first_of(".-_", begin);
    const std::string_view word = name.substr(begin, end - begin);
    const bool is_last = end == std::string_view::npos;
    const bool is_last_name = is_last && is_full_name(name) && !names_machine(word);
    if (word.empty() || !std::ranges::all_of(word, is_letter)) return {};
    if (is_machine_word(word) && !is_last_name) return {};
    if (is_last) return name;
    begin = end + 1;
  }
}

bool is_named_after(std::string_view session, std::string_view label) {
  constexpr size_t kTellingLetters = 8;
  if (begins_with(session, "aws")) session.remove_prefix(3);
  if (session.starts_with('-')) session.remove_prefix(1);
  if (begins_with_letters(session, label)) return true;
  const size_t hyphen = label.find('-');
  const std::string_view tail = hyphen == label.npos ? "" : label.substr(hyphen + 1);
  return tail.size() >= kTellingLetters && begins_with_letters(session, tail);
}

bool is_named_session(std::string_view session) {
  const bool is_named = session.find("Session") != std::string_view::npos ||
                        session.find("SESSION") != std::string_view::npos;
  return is_named && !is_made_by_sdk(session);
}

bool has_mail_form(std::string_view name) {
  const size_t at = name.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view domain = name.substr(at + 1);
  const size_t dot = domain.find('.');
  return dot != std::string_view::npos && dot > 0 && domain.find('@') == std::string_view::npos;
}

bool is_host_name(std::string_view session) {
  for (const std::string_view domain : {".internal", ".local", ".localdomain", ".lan"}) {
    if (session.ends_with(domain)) return true;
  }
  return (session.starts_with("ip-") || session.starts_with("i-") || session.starts_with("mi-")) &&
         session.find_first_of(kDigits) != std::string_view::npos;
}

bool ends_with_uuid(std::string_view session) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (session.size() < kShape.size()) return false;
  session.remove_prefix(session.size() - kShape.size());
  return std::equal(kShape.begin(), kShape.end(), session.begin(), [](char shape, char c) {
    return shape == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
  });
}

bool is_like_id(std::string_view session) {
  constexpr size_t kIdWithDigits = 12;
  constexpr size_t kIdOfLetters = 20;
  if (is_made_by_sdk(session)) return false;
  if (session.find_first_of(kDigits) != std::string_view::npos)
    return session.size() >= kIdWithDigits;
  return session.size() >= kIdOfLetters && std::ranges::all_of(session, is_letter_or_digit);
}

}  // namespace statewire
