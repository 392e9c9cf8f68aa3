#include "sinks/mail_address.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/fields.h"
#include "net/smtp_name.h"

namespace statewire {
namespace {

// Without what some servers read as a route: "%" and "!".
bool is_local_part(std::string_view text) {
  if (text.empty() || text.size() > kMailLocalPartBytesMax) return false;
  if (text.front() == '.' || text.back() == '.' || text.front() == '-') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("._+-=").find(c) != std::string_view::npos;
  });
}

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(' ');
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

// As it may stand in an error: quoted, without line ends.
std::string shown(std::string_view text) {
  return json_quoted(cut_utf8(text, kShownAddressBytesMax));
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const size_t at = text.find('@');
  return text.size() <= kMailAddressBytesMax && at != std::string_view::npos &&
         is_local_part(text.substr(0, at)) && is_mail_domain(text.substr(at + 1));
}

std::optional<MailSender> parse_mailbox(std::string_view text) {
  if (is_mail_address(text)) return MailSender{.name = {}, .address = std::string(text)};
  const size_t open = text.find('<');
  if (open == std::string_view::npos || !text.ends_with('>')) return std::nullopt;
  std::string_view name = trimmed(text.substr(0, open));
  if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) {
    name = name.substr(1, name.size() - 2);
  }
  const std::string_view address = text.substr(open + 1, text.size() - open - 2);
  const bool is_name =
      is_utf8(name) && std::none_of(name.begin(), name.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '<' || c == '>';
      });
  if (!is_name || !is_mail_address(address)) return std::nullopt;
  return MailSender{.name = std::string(name), .address = std::string(address)};
}

Result<AddressTemplate> AddressTemplate::parse(std::string_view text) {
  AddressTemplate result;
  std::string example;
  while (!text.empty()) {
    const size_t open = std::min(text.find("{{"), text.size());
    if (open > 0) result.pieces_.push_back({std::string(text.substr(0, open)), false});
    example += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const size_t close = text.find("}}");
    if (close == std::string_view::npos) return bad_input("{{ is not closed with }}");
    const std::string path(trimmed(text.substr(2, close - 2)));
    if (!Field::find(path)) return bad_input(path + ": " + no_such_path(path));
    result.pieces_.push_back({path, true});
    const bool is_alone = open == 0 && example.empty() && close + 2 == text.size();
    example += is_alone ? "a@a" : "a";
    text.remove_prefix(close + 2);
  }
  if (!is_mail_address(example)) {
    return bad_input("wanted an address, such as ops@example.org or {{resource.tags.team}}@…");
  }
  return result;
}

Result<std::string> AddressTemplate::resolve(const Lookup& value_of) const {
  std::string address;
  for (const Piece& piece : pieces_) {
    if (!piece.is_field) {
      address += piece.text;
      continue;
    }
    const std::string value = value_of(piece.text);
    if (value.empty()) return bad_input(piece.text + " is not known");
    // A value that holds an "@" of its own would name an address that nobody meant.
    if (pieces_.size() > 1 && value.find('@') != std::string::npos) {
      return bad_input(piece.text + " is " + shown(value) + ", which is no part of an address");
    }
    address += value;
  }
  if (!is_mail_address(address)) return bad_input(shown(address) + " is no address");
  return address;
}

bool AddressTemplate::has_fields() const { return std::ranges::any_of(pieces_, &Piece::is_field); }

std::string AddressTemplate::name() const {
  std::string name;
  for (const Piece& piece : pieces_) name += piece.is_field ? "{{" + piece.text + "}}" : piece.text;
  std::ranges::replace(name, ',', ' ');
  return name;
}

MailRecipients MailRecipients::read(MapReader& keys) {
  MailRecipients result;
  const Node to = keys.required("to");
  const Node fallback = keys.optional("fallback");
  std::vector<Node> items;
  if (to.is_list()) {
    items = to.items();
  } else if (to) {
    items.push_back(to);
  }
  if (to.is_list() && items.empty()) to.error("a mail has at least one recipient");
  if (items.size() > kMailRecipientsMax) {
    to.error("a mail has at most " + std::to_string(kMailRecipientsMax) + " recipients");
  }
  for (const Node& item : items) {
    Result<AddressTemplate> address = AddressTemplate::parse(item.text());
    if (address) {
      if (address->has_fields() && !fallback) {
        item.warn(
            "where this gives no address, its mail is parked; `fallback: ops@example.org` "
            "says who gets it then");
      }
      result.to_.push_back(*std::move(address));
    } else {
      item.error(address.error().text);
    }
  }
  result.fallback_ = fallback.text();
  if (fallback && !is_mail_address(result.fallback_)) {
    fallback.error("wanted an address, such as ops@example.org");
  }
  return result;
}

std::vector<MailRecipient> MailRecipients::resolve(const AddressTemplate::Lookup& value_of) const {
  std::vector<MailRecipient> recipients;
  for (const AddressTemplate& each : to_) {
    MailRecipient& recipient = recipients.emplace_back(MailRecipient{.name = each.name()});
    Result<std::string> made = each.resolve(value_of);
    recipient.address = made ? *std::move(made) : fallback_;
    if (recipient.address.empty()) recipient.why = made.error().text;
  }
  return recipients;
}

}  // namespace statewire
