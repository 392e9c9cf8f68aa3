#include "format/shape.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "format/json.h"

namespace statewire {
namespace {

using Form = ShapeMember::Form;

Form form_of(std::string_view path) {
  if (path == "severitynumber" || path == "revision") return Form::number;
  if (path == "state.settled") return Form::boolean;
  if (path == "resource.id" || path == "subject" || path == "partitionkey") return Form::id;
  if (path == "flags") return Form::flags;
  if (path == "cause.evidence") return Form::list;
  if (path == "resource.tags") return Form::tags;
  if (path == "changes") return Form::changes;
  return Form::field;
}

void read_leaf(const Node& node, ShapeMember& member) {
  const std::string path = node.text();
  if (path.starts_with('=')) {
    member.form = Form::literal;
    member.literal = path.substr(1);
    return;
  }
  member.form = form_of(path);
  if (member.form == Form::tags || member.form == Form::changes) return;
  member.field = Field::find(path);
  if (!member.field) node.error(no_such_path(path));
}

ShapeMember read_member(const Node& node, size_t depth) {
  ShapeMember member{.key = std::string(node.key())};
  if (!node.is_map()) {
    read_leaf(node, member);
    return member;
  }
  if (depth == kShapeDepthMax) {
    node.error("a shape is at most " + std::to_string(kShapeDepthMax) + " levels deep");
    return member;
  }
  for (const Node& entry : node.entries()) member.members.push_back(read_member(entry, depth + 1));
  return member;
}

// What is left out, one after the other, until a message fits.
constexpr JsonCut kCuts[] = {{},
                             {.changes_bytes_max = {}, .is_truncated = true},
                             {.changes_bytes_max = {},
                              .text_bytes_max = kTruncatedTextBytesMax,
                              .id_bytes_max = kTruncatedIdBytesMax,
                              .without_tags = true,
                              .is_truncated = true}};

// Writes one notification: what the functions below share.
class Shaping {
 public:
  Shaping(const Notification& notification, const JsonCut& cut, JsonWriter& json)
      : notification_(notification), cut_(cut), json_(json), from_(json.size()) {}

  size_t bytes() const { return json_.size() - from_; }
  bool fits() const { return bytes() <= kNotificationBytesMax; }

  // Not whole where it does not fit.
  void object(const ShapeMember& shape) {
    json_.begin_object();
    for (const ShapeMember& member : shape.members) {
      if (!fits()) break;
      add(member);
    }
    json_.end_object();
  }

 private:
  // Nothing where there is nothing to say.
  void add(const ShapeMember& member) {
    value_.clear();
    if (member.field) {
      member.field->append(notification_, value_);
      if (member.form == Form::flags) add_truncated();
      const bool is_list = member.form == Form::list || member.form == Form::flags;
      if (value_.empty() && !is_list) return;
    }
    if (member.form == Form::tags && (cut_.without_tags || notification_.tags.empty())) return;
    const bool has_changes = cut_.changes_bytes_max > 0 && !notification_.changes.empty();
    if (member.form == Form::changes && !has_changes) return;
    json_.key_line(member.key);
    add_value(member);
  }

  void add_value(const ShapeMember& member) {
    switch (member.form) {
      case Form::field:
        return json_.line(cut_utf8(value_, cut_.text_bytes_max));
      case Form::id:
        return json_.line(cut_utf8(value_, cut_.id_bytes_max));
      case Form::number:
      case Form::boolean:
        return json_.raw(value_);
      case Form::literal:
        return json_.line(member.literal);
      case Form::list:
      case Form::flags:
        return list();
      case Form::tags:
        return tags();
      case Form::changes:
        return changes();
      case Form::object:
        return object(member);
    }
  }

  void add_truncated() {
    constexpr std::string_view kTruncated = "truncated";
    if (!cut_.is_truncated || value_.ends_with(kTruncated)) return;
    value_.append(value_.empty() ? "" : ";").append(kTruncated);
  }

  // The values of a list are words and ids: none holds what joins them.
  void list() {
    json_.begin_array();
    for (std::string_view rest = value_; !rest.empty();) {
      const size_t end = std::min(rest.find(';'), rest.size());
      json_.line(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    json_.end_array();
  }

  void tags() {
    json_.begin_object();
    for (const Tag& tag : notification_.tags.first(std::min(notification_.tags.size(), kTagsMax))) {
      json_.key_line(tag.key);
      json_.line(tag.value);
    }
    json_.end_object();
  }

  void changes() {
    json_.begin_array();
    for (const Change& change : notification_.changes) {
      json_.begin_object();
      json_.line("path", change.path);
      json_.known_line("from", change.from);
      json_.known_line("to", change.to);
      json_.end_object();
    }
    json_.end_array();
  }

  const Notification& notification_;
  const JsonCut& cut_;
  JsonWriter& json_;
  const size_t from_;
  std::string value_;
};

}  // namespace

ShapeMember read_shape(const Node& node) {
  ShapeMember root;
  if (!node) return root;
  if (node.is_map()) {
    root = read_member(node, 0);
  } else {
    node.entries();  // Says that this is no map.
  }
  if (node.is_map() && root.members.empty()) node.error("a shape has at least one key");
  return root;
}

Result<void> ShapeFormat::render(const Notification& notification, std::string& out) const {
  JsonWriter json(out);
  const size_t from = json.size();
  for (const JsonCut& cut : kCuts) {
    json.cut_to(from);
    Shaping shaping(notification, cut, json);
    shaping.object(root_);
    if (shaping.fits()) return {};
  }
  json.cut_to(from);
  return bad_input("the message is longer than " + with_thousands(kNotificationBytesMax) +
                   " bytes");
}

}  // namespace statewire
