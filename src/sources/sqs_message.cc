#include "sources/sqs_message.h"

#include <iterator>
#include <utility>

namespace statewire {

void S3ObjectQueue::push(const S3Object& object) {
  push_text(object.bucket);
  push_text(object.key);
  push_text(object.region);
  push_text(std::to_string(object.bytes));
}

std::optional<S3Object> S3ObjectQueue::pop() {
  if (begin_ == text_.size()) return std::nullopt;
  S3Object object{.bucket = pop_text(), .key = pop_text(), .region = pop_text()};
  object.bytes = std::stoull(pop_text());
  return object;
}

// Its length, a colon, itself: keys may have any byte.
void S3ObjectQueue::push_text(std::string_view text) {
  text_.append(std::to_string(text.size())).append(1, ':').append(text);
}

std::string S3ObjectQueue::pop_text() {
  const size_t colon = text_.find(':', begin_);
  const size_t size = std::stoull(text_.substr(begin_, colon - begin_));
  begin_ = colon + 1 + size;
  return text_.substr(colon + 1, size);
}

SqsMessages::SqsMessages()
    : reader_({}, [this](std::vector<S3Object> files) {
        files_.insert(files_.end(), std::make_move_iterator(files.begin()),
                      std::make_move_iterator(files.end()));
      }) {}

SqsContent SqsMessages::read(std::string_view body) {
  std::string text;
  text.reserve(body.size() + kPaddingBytes);
  text = body;
  size_t others = 0;
  files_.clear();
  reader_.read(
      text, 1, [&](const ParsedEvent&) { ++others; }, [&](const UnreadableEvent&) { ++others; });
  if (files_.empty()) return {.event = std::move(text)};
  SqsContent content{.files = std::exchange(files_, {})};
  if (others == 0) return content;
  // Beside them, in the same message.
  const auto add = [&](std::string_view event) { content.event.append(event).append(1, '\n'); };
  reader_.read(
      text, 1, [&](const ParsedEvent& event) { add(simdjson::minify(event.element)); },
      [&](const UnreadableEvent& event) { add(event.sample); });
  files_.clear();
  return content;
}

}  // namespace statewire
