// The fields of a notification by their dotted paths, as columns and patterns name them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/notification.h"

namespace statewire {

enum class FieldType { text, number, boolean };

// A path that was looked up once. Immutable; any thread.
class Field {
 public:
  // Nothing where there is no such field. "resource.tags.team" is one for every tag.
  static std::optional<Field> find(std::string_view path);

  // Appends the value as it is, not cleaned; several values are joined by ";". Nothing where it is
  // not known.
  void append(const Notification& notification, std::string& out) const;
  // As JSON has it; where it is a list, of its elements.
  FieldType type() const { return type_; }
  // All that its value can be, in the order of the documents; empty where it may be any text.
  std::vector<std::string_view> words() const { return words_ ? words_() : Words(); }

 private:
  using Words = std::vector<std::string_view>;
  using Append = void (*)(const Notification&, std::string&);

  Field(Append append, std::string tag, FieldType type, Words (*words)())
      : append_(append), tag_(std::move(tag)), type_(type), words_(words) {}

  Append append_;    // Null for a tag.
  std::string tag_;  // Its key.
  FieldType type_;
  Words (*words_)();  // Null where it may be any text.
};

// Names of the fields directly under `prefix`, which ends with a dot or is empty: "phase, value,
// settled, previous". Empty where there is none.
std::string list_fields_in(std::string_view prefix);

// The error text for a `name` that is no field under `prefix`, as above:
//   no such field; did you mean "settled"?
std::string no_such_field(std::string_view prefix, std::string_view name);
// The same of a whole path, however it is wrong.
std::string no_such_path(std::string_view path);

}  // namespace statewire
