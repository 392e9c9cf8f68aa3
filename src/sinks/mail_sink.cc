// Reads the messages of the format `email`.
#include "sinks/mail_sink.h"

#include <simdjson.h>

#include <algorithm>

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
    const size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == item) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
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

// What became of a delivery whose recipients have these fates. Where nobody got it, and nobody was
// refused for good, it is simply tried again; and everything waits where everybody says so.
Attempt attempt_of(std::vector<Attempt> fates, const std::vector<std::string>& to) {
  if (fates.size() == 1) return std::move(fates.front());
  for (size_t i = 0; i < fates.size(); ++i) name_recipient(fates[i], to[i]);
  const auto has = [&](Verdict verdict) {
    return std::ranges::any_of(fates, [&](const auto& fate) { return fate.verdict == verdict; });
  };
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
    Result<Letter> letter = letter_of(batch.front());
    if (!letter) {
      return done({Attempt{.verdict = Verdict::reject, .detail = letter.error().text}});
    }
    std::vector<std::string> to = letter->to;
    const bool is_last = letter->is_for_rest && to.size() == 1;
    carrier_->carry(*std::move(letter), [done = std::move(done), to = std::move(to),
                                         is_last](std::vector<Attempt> fates) {
      CHECK(fates.size() == 1 || fates.size() == to.size());
      Attempt attempt = attempt_of(std::move(fates), to);
      if (is_last && attempt.verdict != Verdict::delivered) name_recipient(attempt, to.front());
      done({std::move(attempt)});
    });
  }

  void ask_place(PlaceDone done) override { carrier_->ask_place(std::move(done)); }

 private:
  Result<Letter> letter_of(const Delivery& delivery) {
    dom::element message;
    if (delivery.content_type != kMailContentType ||
        parser_.parse(delivery.payload.data(), delivery.payload.size(), true).get(message) !=
            simdjson::SUCCESS) {
      return bad_input("not a message of the format email");
    }
    dom::element data;
    const bool has_data = message["data"].get(data) == simdjson::SUCCESS;
    Result<std::vector<std::string>> to = form_.to.resolve(
        [&](std::string_view path) { return has_data ? field_at(data, path) : std::string(); });
    if (!to) return to.error();
    const std::string key = delivery.key();
    const bool is_for_rest = !delivery.recipients.empty() || !delivery.settled_recipients.empty();
    Letter letter{.from = form_.from.address,
                  .to = {},
                  .message = mail_message({.from = form_.from,
                                           .to = *to,
                                           .subject = text_at(message, "subject"),
                                           .text = text_at(message, "text"),
                                           .html = text_at(message, "html"),
                                           .date = delivery.first_attempt,
                                           .key = key,
                                           .id = std::string(delivery.id),
                                           .thread = text_at(message, "resource"),
                                           .subscription = std::string(delivery.subscription)}),
                  .is_for_rest = is_for_rest};
    std::ranges::copy_if(*to, std::back_inserter(letter.to), [&](const std::string& address) {
      return (delivery.recipients.empty() || is_in_list(delivery.recipients, address)) &&
             !is_in_list(delivery.settled_recipients, address);
    });
    // Whoever it is for has another address now, where one is new in `to`.
    const bool is_for_one = delivery.recipients.find(',') == std::string_view::npos;
    if (letter.to.empty() && is_for_one) {
      std::erase_if(*to, [&](const std::string& address) {
        return is_in_list(delivery.settled_recipients, address);
      });
      if (to->size() == 1) letter.to = *to;
    }
    if (letter.to.empty()) {
      return bad_input("it is for " +
                       (delivery.recipients.empty() ? "others than those of `to`"
                                                    : std::string(delivery.recipients)) +
                       ", and `to` does not name them any more");
    }
    return letter;
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
