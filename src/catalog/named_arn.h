// ARNs that name a resource where an entry's paths lead to none.
#pragma once

#include <optional>
#include <string_view>

#include "base/arena.h"
#include "catalog/compiled.h"
#include "catalog/event_view.h"

namespace statewire {

// Where its ARN has what calls say in place of it: "orders" of "arn:…:table/orders". Nothing where
// `arn` is of another service or type, or stands for many ("…:table/*"). `rule` may be null: then
// the words of `type` must be those of the ARN.
std::optional<std::string_view> bare_id_in(std::string_view arn, std::string_view type,
                                           const TypeRule* rule);

// The type of `catalog` whose ARN it is; empty where it may be of none, or of several. The
// catalog's text. Linear in the types of the ARN's service, and in those that no service has.
std::string_view type_of_arn(const CompiledCatalog& catalog, std::string_view arn);

// What the words of an ARN make of its type, where the catalog does not know it:
// "AWS::Braket::QuantumTask" of "arn:…:braket:…:quantum-task/…". Empty where they say none.
std::string_view type_by_words(const CompiledCatalog& catalog, std::string_view arn, Arena& arena);

struct ArnSearch {
  std::string_view type;  // "AWS::DynamoDB::Table"
  const TypeRule* rule = nullptr;
  bool is_new = false;  // It is only being made: an ARN in the request is of something else.
};

// The ARN of such a resource in what was answered, in `resources`, in what was asked for, or in the
// text of the error, in this order; the parser's text. A place with two of them tells neither.
// Linear in the event.
std::optional<std::string_view> named_arn(const EventView& view, const ArnSearch& search);

}  // namespace statewire
