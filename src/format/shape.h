// A JSON object that an organisation defines: keys with the fields that they show.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/node.h"
#include "format/fields.h"
#include "format/format.h"

namespace statewire {

// One key of the object, or the object itself.
struct ShapeMember {
  enum class Form {
    field,    // As text.
    id,       // The resource's, which says nothing once it is cut.
    number,   // A field that is a number.
    boolean,  // A field that is true or false.
    list,     // A field with several values, as a list of texts.
    flags,    // Likewise, with "truncated" where something was left out.
    tags,     // All tags, as an object.
    changes,  // All changes, as a list of objects.
    literal,  // A text as it is.
    object,
  };

  std::string key;
  Form form = Form::object;
  std::optional<Field> field;
  std::string literal;
  std::vector<ShapeMember> members;
};

// Reads `shape:`. Problems are reported at their node.
ShapeMember read_shape(const Node& node);

// A field that is not known is left out; an object stays, empty. A message has at most
// kNotificationBytesMax: where it would be longer, first its changes are left out, then its tags,
// and texts are cut; an error says that even so it is too long.
class ShapeFormat final : public Format {
 public:
  explicit ShapeFormat(ShapeMember root) : root_(std::move(root)) {}

  std::string_view content_type() const override { return "application/json"; }
  Result<void> render(const Notification& notification, std::string& out) const override;

 private:
  const ShapeMember root_;
};

}  // namespace statewire
