#include "cli/each_event.h"

#include "cli/event_input.h"

namespace statewire {

namespace {

Result<void> read_to_end(EventInput& input, EventReader& reader, const EventReader::OnEvent& take,
                         const EventReader::OnUnreadable& refuse) {
  for (;;) {
    const Result<std::optional<PieceView>> piece = input.next();
    if (!piece) return piece.error();
    if (!*piece) return {};
    reader.read((*piece)->text, (*piece)->begin.line, take, refuse);
  }
}

}  // namespace

bool each_event(const std::vector<std::string>& files, Terminal& terminal,
                const std::function<void(const ParsedEvent&)>& take) {
  bool is_whole = true;
  EventReader reader;
  for (const std::string& file : files) {
    const EventReader::OnUnreadable refuse = [&](const UnreadableEvent& event) {
      terminal.tell(file + ":" + std::to_string(event.line) + ": " + std::string(event.reason));
      is_whole = false;
    };
    Result<EventInput> input = EventInput::open(file, terminal.streams().in);
    const Result<void> read = input ? read_to_end(*input, reader, take, refuse) : input.error();
    if (read) continue;
    terminal.complain(read.error().text);
    is_whole = false;
  }
  return is_whole;
}

}  // namespace statewire
