// Addresses of mails, and templates of them whose fields come from outside.
// Any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/map_reader.h"

namespace statewire {

// A plain ASCII address, "ops@example.org": what no server takes for a route, a list or a quoted
// name. Stricter than RFC 5321 on purpose, as parts of it may come from a tag.
bool is_mail_address(std::string_view text);

// "Statewire <statewire@example.org>", or an address alone.
struct MailSender {
  std::string name;  // Empty: none.
  std::string address;
};
std::optional<MailSender> parse_mailbox(std::string_view text);

// "{{resource.tags.team}}@example.org"
class AddressTemplate {
 public:
  // The value of a field; empty where it is not known.
  using Lookup = std::function<std::string(std::string_view path)>;

  // An error where a tag is not closed, where there is no such field, or where no value could make
  // it an address.
  static Result<AddressTemplate> parse(std::string_view text);

  // An error says why there is no address: a field that is not known, or a value that does not fit.
  Result<std::string> resolve(const Lookup& value_of) const;
  bool has_fields() const;
  // As it was written, without commas: it names whoever it stands for where that is not known.
  std::string name() const;

 private:
  struct Piece {
    std::string text;
    bool is_field = false;
  };
  std::vector<Piece> pieces_;
};

struct MailRecipient {
  std::string name;     // AddressTemplate::name()
  std::string address;  // Empty: none can be made,
  std::string why;      // and this says why.
};

// Whom a sink of mails writes to.
class MailRecipients {
 public:
  // Reads `to`, one or a list of templates, and `fallback`, an address. Problems are told at
  // their nodes; then, and where `to` is missing, the result is empty or incomplete.
  static MailRecipients read(MapReader& keys);

  bool empty() const { return to_.empty(); }
  // One for each of `to`. Where its address cannot be made, the fallback takes its place.
  std::vector<MailRecipient> resolve(const AddressTemplate::Lookup& value_of) const;

 private:
  std::vector<AddressTemplate> to_;
  std::string fallback_;  // Empty: none.
};

}  // namespace statewire
