#include "format/sink_formats.h"

namespace statewire {
namespace {

constexpr SinkFormKind kKinds[] = {
    {"email", kMailContentType, append_mail},
    {"slack", "application/json", append_slack_message},
    {"teams", "application/json", append_teams_message},
    {"pagerduty", "application/json", append_pagerduty_event},
};

class SinkFormat final : public Format {
 public:
  SinkFormat(const SinkFormKind& kind, const Format* inner, SinkFormInput input)
      : kind_(kind), inner_(inner), input_(input) {}

  std::string_view content_type() const override { return kind_.content_type; }
  Result<void> render(const Notification& notification, std::string& out) const override {
    std::string text;
    InnerMessage inner{.input = input_};
    if (inner_ != nullptr) {
      if (const Result<void> done = inner_->render(notification, text); !done) return done;
      inner.text = text;
      inner.content_type = inner_->content_type();
    }
    kind_.append(notification, inner, out);
    return {};
  }

 private:
  const SinkFormKind& kind_;
  const Format* const inner_;
  const SinkFormInput input_;
};

}  // namespace

std::span<const SinkFormKind> sink_form_kinds() { return kKinds; }

std::unique_ptr<Format> make_sink_format(const SinkFormKind& kind, const Format* inner,
                                         SinkFormInput input) {
  return std::make_unique<SinkFormat>(kind, inner, input);
}

}  // namespace statewire
