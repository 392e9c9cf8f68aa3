// Formats of a configuration, for tests, and what was wrong with it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "config/document.h"
#include "format/format.h"

namespace statewire {

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct ReadFormats {
  explicit ReadFormats(std::string yaml, std::string file = "statewire.yaml") {
    document = Document::parse(std::move(file), std::move(yaml), problems);
    if (document) formats = Formats::read(document->root().find("formats"), problems);
  }
  std::string render(std::string_view name, const Notification& notification) const {
    return render(formats.find(name), notification);
  }
  std::string render_for(std::string_view sink_kind, std::string_view name,
                         const Notification& notification) const {
    return render(formats.find_for_sink(name, sink_kind), notification);
  }
  // Why there is no message.
  std::string refusal(std::string_view name, const Notification& notification) const {
    std::string out = "before";
    const Result<void> rendered = formats.find(name)->render(notification, out);
    EXPECT_FALSE(rendered.ok());
    EXPECT_EQ(out, "before");
    return rendered.ok() ? "" : rendered.error().text;
  }

  Problems problems;
  std::optional<Document> document;
  Formats formats;

 private:
  static std::string render(const Format* format, const Notification& notification) {
    EXPECT_NE(format, nullptr);
    if (format == nullptr) return {};
    std::string out;
    const Result<void> rendered = format->render(notification, out);
    EXPECT_TRUE(rendered.ok()) << rendered.error().text;
    return out;
  }
};

}  // namespace statewire
