// Reads the messages of the format `email`.
#include "sinks/mail_sink.h"

#include <simdjson.h>

#include <algorithm>

#include "base/comma_list.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/sink_formats.h"
#include "sinks/mail_message.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

std::string text_at(const dom::element& message, std::string_view key) {
  std::string_view text;
  if (message[key].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

bool descend(dom::element& at, std::string_view key) {
  return at.at_key(key).get(at) == simdjson::SUCCESS;
}

// A field by its dotted path; the key of a tag may hold dots itself.
std::string field_at(dom::element at, std::string_view path) {
  constexpr std::string_view kTags = "resource.tags.";
  const bool is_tag = path.starts_with(kTags);
  const std::string_view tag = is_tag ? path.substr(kTags.size()) : std::string_view();
  std::string_view rest = is_tag ? kTags.substr(0, kTags.size() - 1) : path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('.'), rest.size());
    if (!descend(at, rest.substr(0, end))) return {};
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (is_tag && !descend(at, tag)) return {};
  std::string_view text;
  return at.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(at);
}

bool is_in_list(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    if (take_item(list) == item) return true;
  }
  return false;
}

// How much a person wants to hear of it.
int weight_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::delivered:
      return 0;
    case Verdict::retry:
    case Verdict::unavailable:
      return 1;
    case Verdict::reject:
    case Verdict::gone:
      return 2;
  }
  CHECK(false);
}

void name_recipient(Attempt& attempt, const std::string& recipient) {
  attempt.recipient = recipient;
  attempt.detail = cut_utf8(recipient + ": " + attempt.detail, kAttemptDetailBytesMax);
}

// Whom one letter is to.
struct Addressees {
  std::vector<std::string> all;        // As the letter says.
  std::vector<std::string> now;        // Those of them who are to get it now.
  std::vector<MailRecipient> unknown;  // Those who are to get it, and have no address.
};

void add_once(std::vector<std::string>& addresses, const std::string& address) {
  if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
}

Addressees addressees_of(const Delivery& delivery, std::span<const MailRecipient> recipients) {
  Addressees addressees;
  for (const MailRecipient& each : recipients) {
    const auto is_named = [&](std::string_view list) {
      return is_in_list(list, each.name) || is_in_list(list, each.address);
    };
    const bool is_now = (delivery.recipients.empty() || is_named(delivery.recipients)) &&
                        !is_named(delivery.settled_recipients);
    if (!each.address.empty()) add_once(addressees.all, each.address);
    if (!is_now) continue;
    if (!each.address.empty()) {
      add_once(addressees.now, each.address);
    } else if (std::ranges::find(addressees.unknown, each.name, &MailRecipient::name) ==
               addressees.unknown.end()) {
      addressees.unknown.push_back(each);
    }
  }
  // Whoever it is for has another address now, where one is new in `to`.
  const bool is_for_one = delivery.recipients.find(',') == std::string_view::npos;
  if (!addressees.now.empty() || !addressees.unknown.empty() || !is_for_one) return addressees;
  std::vector<std::string> fresh;
  std::ranges::copy_if(addressees.all, std::back_inserter(fresh), [&](const std::string& address) {
    return !is_in_list(delivery.settled_recipients, address);
  });
  if (fresh.size() == 1) addressees.now = std::move(fresh);
  return addressees;
}

// What an example cannot show: whoever its made-up fields name may be somebody.
std::string told_of_example(std::span<const MailRecipient> recipients, const Addressees& to) {
  std::string told = "sent to";
  for (const std::string& address : to.now)
    told.append(&address == to.now.data() ? " " : ", ") += address;
  std::string left_out;
  for (const MailRecipient& each : recipients) {
    if (each.name.find("{{") != std::string::npos) left_out += " " + each.name;
  }
  if (!left_out.empty()) told += "; left out, as an example's fields are made up:" + left_out;
  return std::string(cut_utf8(told, kAttemptDetailBytesMax));
}

// What became of a delivery whose recipients have these fates. Where nobody got it, and nobody was
// refused for good, it is simply tried again; and everything waits where everybody says so. Those
// without an address are refused once the others have their fates.
Attempt attempt_of(std::vector<Attempt> fates, const Addressees& addressees) {
  const std::vector<std::string>& to = addressees.now;
  const auto has = [&](Verdict verdict) {
    return std::ranges::any_of(fates, [&](const auto& fate) { return fate.verdict == verdict; });
  };
  if (fates.size() == 1) {
    if (addressees.unknown.empty() || !has(Verdict::delivered)) return std::move(fates.front());
    fates.resize(to.size(), Attempt(fates.front()));
  }
  for (size_t i = 0; i < fates.size(); ++i) name_recipient(fates[i], to[i]);
  if (has(Verdict::delivered) || has(Verdict::reject)) {
    for (const MailRecipient& each : addressees.unknown) {
      fates.push_back({.verdict = Verdict::reject, .detail = each.why});
      name_recipient(fates.back(), each.name);
    }
  }
  const auto heavier = [](const Attempt& a, const Attempt& b) {
    return weight_of(a.verdict) < weight_of(b.verdict);
  };
  Attempt sum = *std::ranges::max_element(fates, heavier);
  sum.recipient.clear();
  for (const Attempt& fate : fates) sum.retry_after = std::max(sum.retry_after, fate.retry_after);
  const bool is_known = has(Verdict::delivered) || has(Verdict::reject);
  const bool is_alike = std::ranges::all_of(
      fates, [&](const Attempt& fate) { return fate.verdict == Verdict::delivered; });
  if (is_alike) return {.detail = sum.detail};
  if (is_known) {
    sum.parts = std::move(fates);
    return sum;
  }
  if (has(Verdict::retry)) sum.verdict = Verdict::retry;
  sum.detail.clear();
  for (const Attempt& fate : fates) sum.detail += (sum.detail.empty() ? "" : "; ") + fate.detail;
  sum.detail = cut_utf8(sum.detail, kAttemptDetailBytesMax);
  return sum;
}

class MailSink final : public Sink {
 public:
  MailSink(MailForm form, std::unique_ptr<MailCarrier> carrier)
      : form_(std::move(form)), carrier_(std::move(carrier)) {}

  // One letter for each delivery: `batch` holds exactly one, as the limits say.
  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    const Delivery& delivery = batch.front();
    const auto refuse = [&](std::string why) {
      done({Attempt{.verdict = Verdict::reject, .detail = std::move(why)}});
    };
    dom::element message;
    if (delivery.content_type != kMailContentType ||
        parser_.parse(delivery.payload.data(), delivery.payload.size(), true).get(message) !=
            simdjson::SUCCESS) {
      return refuse("not a message of the format email");
    }
    const std::vector<MailRecipient> recipients = recipients_of(delivery, message);
    Addressees to = addressees_of(delivery, recipients);
    if (to.now.empty()) return refuse(why_nobody(delivery, to));
    Letter letter = letter_of(delivery, message, to);
    const bool is_last = letter.is_for_rest && to.now.size() == 1 && to.unknown.empty();
    std::string told = delivery.is_example ? told_of_example(recipients, to) : "";
    if (delivery.is_example) to.unknown.clear();
    carrier_->carry(std::move(letter), [done = std::move(done), to = std::move(to), is_last,
                                        told = std::move(told)](std::vector<Attempt> fates) {
      CHECK(fates.size() == 1 || fates.size() == to.now.size());
      Attempt attempt = attempt_of(std::move(fates), to);
      if (is_last && attempt.verdict != Verdict::delivered) name_recipient(attempt, to.now.front());
      if (!told.empty() && attempt.verdict == Verdict::delivered) attempt.detail = told;
      done({std::move(attempt)});
    });
  }

  void ask_place(PlaceDone done) override { carrier_->ask_place(std::move(done)); }

 private:
  std::vector<MailRecipient> recipients_of(const Delivery& delivery,
                                           const dom::element& message) const {
    dom::element data;
    const bool has_data = !delivery.is_example && message["data"].get(data) == simdjson::SUCCESS;
    return form_.to.resolve(
        [&](std::string_view path) { return has_data ? field_at(data, path) : std::string(); });
  }

  static std::string why_nobody(const Delivery& delivery, const Addressees& to) {
    if (delivery.is_example) {
      return "nobody to send an example to: each of `to` has a field, and there is no `fallback`";
    }
    if (!to.unknown.empty()) return "no recipient: " + to.unknown.front().why;
    return "it is for " +
           (delivery.recipients.empty() ? "others than those of `to`"
                                        : std::string(delivery.recipients)) +
           ", and `to` does not name them any more";
  }

  Letter letter_of(const Delivery& delivery, const dom::element& message,
                   const Addressees& to) const {
    const std::string key = delivery.key();
    return {.from = form_.from.address,
            .to = to.now,
            .message = mail_message({.from = form_.from,
                                     .to = to.all,
                                     .subject = text_at(message, "subject"),
                                     .text = text_at(message, "text"),
                                     .html = text_at(message, "html"),
                                     .date = delivery.first_attempt,
                                     .key = key,
                                     .id = std::string(delivery.id),
                                     .thread = text_at(message, "resource"),
                                     .subscription = std::string(delivery.subscription)}),
            .is_for_rest = !delivery.recipients.empty() || !delivery.settled_recipients.empty()};
  }

  const MailForm form_;
  const std::unique_ptr<MailCarrier> carrier_;
  dom::parser parser_;
};

}  // namespace

std::optional<MailForm> read_mail_form(MapReader& keys) {
  const Node from = keys.required("from");
  const std::optional<MailSender> sender = parse_mailbox(from.text());
  if (from && !sender) from.error("wanted an address, such as Statewire <statewire@example.org>");
  MailForm form{.from = {}, .to = MailRecipients::read(keys)};
  if (!sender || form.to.empty()) return std::nullopt;
  form.from = *sender;
  return form;
}

std::unique_ptr<Sink> make_mail_sink(MailForm form, std::unique_ptr<MailCarrier> carrier) {
  return std::make_unique<MailSink>(std::move(form), std::move(carrier));
}

}  // namespace statewire
