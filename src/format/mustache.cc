#include "format/mustache.h"

#include <exception>
#include <kainjow/mustache.hpp>
#include <map>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/text.h"
#include "format/clean_text.h"
#include "format/fields.h"
#include "format/json_schema.h"

namespace statewire {
namespace {

namespace mustache = kainjow::mustache;

std::string escaped(Escape escape, std::string_view text) {
  switch (escape) {
    case Escape::none:
      return std::string(text);
    case Escape::json:
      return json_escaped(text);
    case Escape::html:
      return escaped_html(text);
  }
  CHECK(false);
}

std::string cleaned(std::string_view text) {
  std::string out;
  append_clean(out, text);
  return out;
}

mustache::data list_of_tags(std::span<const Tag> tags) {
  mustache::data list(mustache::data::type::list);
  for (const Tag& tag : tags) {
    mustache::data item;
    item.set("key", cleaned(tag.key));
    item.set("value", cleaned(tag.value));
    item.set("more", &tag != &tags.back());
    list.push_back(item);
  }
  return list;
}

mustache::data list_of_changes(std::span<const Change> changes) {
  mustache::data list(mustache::data::type::list);
  for (const Change& change : changes) {
    mustache::data item;
    item.set("path", cleaned(change.path));
    if (!change.from.empty()) item.set("from", cleaned(change.from));
    if (!change.to.empty()) item.set("to", cleaned(change.to));
    item.set("more", &change != &changes.back());
    list.push_back(item);
  }
  return list;
}

// Looks up fields when the template asks for them.
class FieldContext final : public mustache::basic_context<std::string> {
 public:
  explicit FieldContext(const Notification& notification) : notification_(notification) {}

  void push(const mustache::data* data) override { items_.push_back(data); }
  void pop() override { items_.pop_back(); }

  const mustache::data* get(const std::string& name) const override {
    if (name == ".") return items_.empty() ? nullptr : items_.back();
    for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
      if (const mustache::data* found = (*item)->get(name)) return found;
    }
    const auto known = values_.find(name);
    if (known != values_.end()) return &known->second;
    std::optional<mustache::data> value = value_of(name);
    if (!value) return nullptr;
    return &values_.emplace(name, std::move(*value)).first->second;
  }

  const mustache::data* get_partial(const std::string&) const override { return nullptr; }

 private:
  std::optional<mustache::data> value_of(const std::string& name) const {
    if (name == "resource.tags") return list_of_tags(notification_.tags);
    if (name == "changes") return list_of_changes(notification_.changes);
    if (name == "state.settled") return mustache::data(is_settled(notification_.phase));
    std::string text;
    append_field(notification_, name, text);
    if (text.empty()) return std::nullopt;
    return mustache::data(cleaned(text));
  }

  const Notification& notification_;
  std::vector<const mustache::data*> items_;
  mutable std::map<std::string, mustache::data> values_;
};

class TemplateFormat final : public Format {
 public:
  explicit TemplateFormat(TemplateOptions options)
      : content_type_(std::move(options.content_type)),
        is_json_(content_type_.find("json") != std::string::npos),
        template_(options.text) {
    CHECK(template_.is_valid());
    template_.set_custom_escape(
        [escape = options.escape](const std::string& text) { return escaped(escape, text); });
  }

  std::string_view content_type() const override { return content_type_; }

  Result<void> render(const Notification& notification, std::string& out) const override {
    Result<std::string> message = render_template(notification);
    if (!message) return message.error();
    while (message->ends_with('\n') || message->ends_with('\r')) message->pop_back();
    if (message->size() > kTemplatedMessageBytesMax) {
      return bad_input("the message is longer than " + with_thousands(kTemplatedMessageBytesMax) +
                       " bytes");
    }
    if (is_json_) {
      if (const Result<void> well = check_json(*message); !well) return well.error();
      // No text of JSON holds a line end, so that these only lay it out; a message is one line.
      for (char& c : *message) {
        if (c == '\n' || c == '\r') c = ' ';
      }
    }
    out += *message;
    return {};
  }

 private:
  Result<std::string> render_template(const Notification& notification) const {
    FieldContext context(notification);
    try {
      const Lock lock(mutex_);
      return template_.render(context);
    } catch (const std::exception& error) {
      return bad_input("the template cannot be rendered: " + std::string(error.what()));
    }
  }

  const std::string content_type_;
  const bool is_json_;
  mutable Mutex mutex_;
  mutable mustache::mustache template_ GUARDED_BY(mutex_);  // Rendering is not const.
};

}  // namespace

std::unique_ptr<Format> make_template(TemplateOptions options) {
  return std::make_unique<TemplateFormat>(std::move(options));
}

}  // namespace statewire
