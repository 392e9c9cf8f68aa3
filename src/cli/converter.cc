#include "cli/converter.h"

#include "base/text.h"
#include "cli/terminal.h"
#include "model/notification.h"
#include "track/no_views.h"

namespace statewire {
namespace {

constexpr std::string_view kInstance = "local";
constexpr std::string_view kSource = "convert";

}  // namespace

Converter::Converter(Parts parts)
    : parts_(std::move(parts)),
      recogniser_(parts_.catalog),
      views_(std::make_unique<NoViews>()),
      fold_(*views_) {
  out_.reserve(2 * kWriteBytes);
  if (const std::string_view header = parts_.format.header(); !header.empty()) {
    out_.append(header).push_back('\n');
  }
}

bool Converter::flush() {
  const bool is_wanted = out_.empty() || parts_.write(out_);
  out_.clear();
  return is_wanted;
}

Result<bool> Converter::convert(EventInput& input) {
  input_name_ = input.name();
  bool is_wanted = true;
  const auto on_event = [&](const ParsedEvent& event) {
    convert_event(event);
    if (out_.size() >= kWriteBytes) is_wanted = flush() && is_wanted;
  };
  const auto on_unreadable = [&](const UnreadableEvent& event) {
    report(event.line, event.reason);
  };
  const std::function<void(const ParsedEvent&)> take = on_event;
  const std::function<void(const UnreadableEvent&)> refuse = on_unreadable;
  while (is_wanted) {
    if (!input.is_ready()) is_wanted = flush();  // Whoever reads this need not wait for more.
    const Result<std::optional<PieceView>> piece = input.next();
    if (!piece) return piece.error();
    if (!*piece) break;
    received_ = parts_.clock.now();
    reader_.read((*piece)->text, (*piece)->begin.line, take, refuse);
  }
  return is_wanted;
}

// A reason may begin with the line, which is said already.
void Converter::report(uint64_t line, std::string_view reason) {
  ++unreadable_;
  const std::string number = std::to_string(line);
  std::string place = std::string(input_name_) + ":" + number;
  if (const std::string said = "line " + number; reason.starts_with(said)) {
    reason.remove_prefix(said.size());
    if (constexpr std::string_view kColumn = ", column "; reason.starts_with(kColumn)) {
      reason.remove_prefix(kColumn.size());
      place += ":";
    }
    if (const size_t colon = reason.find(": "); colon != reason.npos) {
      place += reason.substr(0, colon);
      reason.remove_prefix(colon + 2);
    }
  }
  parts_.complain(place, reason);
}

std::string Converter::why_nothing() const {
  if (events_ + unreadable_ == 0) return "there was no event in what was read";
  std::string text = counted(events_ + unreadable_, "event") + ", and nothing to tell:";
  const auto add = [&](uint64_t count, std::string_view what) {
    if (count == 0) return;
    text += (text.ends_with(':') ? " " : ", ") + with_thousands(count) + " " + std::string(what);
  };
  add(fates_[static_cast<size_t>(Fate::recognised)], "only say who or why");
  for (const Fate fate : {Fate::ignored, Fate::unrecognised, Fate::incomplete}) {
    add(fates_[static_cast<size_t>(fate)], name_of(fate));
  }
  add(unreadable_, "could not be read");
  return text + "; `statewire explain` says why of one";
}

void Converter::convert_event(const ParsedEvent& event) {
  ++events_;
  arena_.clear();
  observations_.clear();
  const Recognition recognition =
      recogniser_.recognise(event.element, event.bytes, received_, arena_, observations_);
  if (recognition.fate == Fate::rejected) return report(event.line, recognition.reason);
  ++fates_[static_cast<size_t>(recognition.fate)];
  if (recognition.fate != Fate::recognised) return;
  for (const Observation& observation : observations_) {
    fold_.begin(0, {});
    const Result<Folded> folded = fold_.take({observation, kSource, received_});
    CHECK(folded.ok() && folded->entry != nullptr);  // Nothing was read.
    if (folded->entry->told.kind == NotificationKind::none) continue;
    Entry entry = *folded->entry;
    entry.after.revision = 0;
    const Result<void> rendered =
        parts_.format.render(notification_of(entry, {.instance = kInstance}), out_);
    if (!rendered) {
      report(event.line, rendered.error().text);
      continue;
    }
    out_.push_back('\n');
    ++notifications_;
  }
}

}  // namespace statewire
