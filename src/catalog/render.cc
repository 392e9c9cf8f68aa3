#include "catalog/render.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "model/aws_partition.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

std::optional<element> step_into(element from, const PathStep& step) {
  element next;
  object fields;
  if (!from.get_object().get(fields)) {
    if (fields.at_key(step.key).get(next)) return std::nullopt;
    return next;
  }
  simdjson::dom::array items;
  if (step.index < 0 || from.get_array().get(items)) return std::nullopt;
  if (items.at(static_cast<size_t>(step.index)).get(next)) return std::nullopt;
  return next;
}

std::optional<element> root_of(PathRoot root, const RenderContext& context) {
  const EventView& event = *context.event;
  switch (root) {
    case PathRoot::event:
      return event.event;
    case PathRoot::detail:
      return event.detail;
    case PathRoot::request:
      return event.request;
    case PathRoot::response:
      return event.response;
    case PathRoot::element:
      return context.element;
  }
  return std::nullopt;
}

// What the envelope of a bare CloudTrail record would say.
std::string_view envelope_text(const EventPath& path, const EventView& event) {
  if (path.steps.size() != 1) return {};
  if (path.steps[0].key == "source") return event.source;
  if (path.steps[0].key == "detail-type") return event.detail_type;
  if (path.steps[0].key == "time") return event.time;
  return {};
}

// Where the separator is; npos where it is not. What is looked at is in lower case only later, when
// it is copied.
size_t place_of_separator(std::string_view text, const Filter& filter, bool is_from_end) {
  const std::string& separator = filter.separator;
  if (!filter.is_after_lower) return is_from_end ? text.rfind(separator) : text.find(separator);
  const auto is_same = [](char a, char b) { return lower_letter(a) == b; };
  const auto found =
      is_from_end
          ? std::find_end(text.begin(), text.end(), separator.begin(), separator.end(), is_same)
          : std::search(text.begin(), text.end(), separator.begin(), separator.end(), is_same);
  return found == text.end() ? text.npos : static_cast<size_t>(found - text.begin());
}

std::string_view filtered(std::string_view text, const Filter& filter) {
  if (filter.kind == Filter::Kind::instead) {
    const auto [from, to] = both_texts(filter.separator);
    return text == from ? to : text;
  }
  if (filter.kind == Filter::Kind::swap) return text;  // It is done where the text was copied to.
  const bool is_from_end = filter.kind == Filter::Kind::until || filter.kind == Filter::Kind::last;
  const size_t at = place_of_separator(text, filter, is_from_end);
  if (at == std::string_view::npos) return text;
  const bool is_before = filter.kind == Filter::Kind::first || filter.kind == Filter::Kind::until;
  return is_before ? text.substr(0, at) : text.substr(at + filter.separator.size());
}

template <typename Number>
std::string_view write_number(Number number, Digits& digits) {
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), static_cast<size_t>(end.ptr - digits.data())};
}

struct SlotText {
  RenderOutcome outcome = RenderOutcome::done;
  std::string_view text;
};

SlotText path_text(const EventPath& path, const RenderContext& context, Digits& digits) {
  if (path.root == PathRoot::event && context.event->is_bare) {
    return {RenderOutcome::done, envelope_text(path, *context.event)};
  }
  const std::optional<element> value = find(path, context);
  if (!value) return {RenderOutcome::absent, {}};
  const std::optional<std::string_view> text = scalar_text(*value, digits);
  if (!text) return {RenderOutcome::not_scalar, {}};
  return {RenderOutcome::done, *text};
}

SlotText slot_text(const TemplatePart& part, const RenderContext& context, Digits& digits) {
  switch (part.slot) {
    case Slot::path:
      return path_text(part.path, context, digits);
    case Slot::partition:
      return {RenderOutcome::done, aws_partition_of(context.region).id};
    case Slot::region:
      return {RenderOutcome::done, context.region};
    case Slot::account:
      return {RenderOutcome::done, context.account};
    case Slot::call:
      return {RenderOutcome::done, context.event->call.event_name};
    case Slot::physical_id:
      return {RenderOutcome::done, context.physical_id};
  }
  return {RenderOutcome::absent, {}};
}

std::string_view slot_name(const TemplatePart& part) {
  switch (part.slot) {
    case Slot::path:
      return part.path.text;
    case Slot::partition:
      return "partition";
    case Slot::region:
      return "region";
    case Slot::account:
      return "account";
    case Slot::call:
      return "eventName";
    case Slot::physical_id:
      return "physical id";
  }
  return {};
}

// Text under construction, on the stack. False: it would be too long.
struct Draft {
  char bytes[kEventTextBytesMax];
  size_t size = 0;

  bool append(std::string_view text) {
    if (text.size() > kEventTextBytesMax - size) return false;
    if (!text.empty()) std::memcpy(bytes + size, text.data(), text.size());
    size += text.size();
    return true;
  }
  // What takes the place of `from` is no longer than it.
  void swap_from(size_t start, std::string_view from, std::string_view to) {
    size_t end = start;
    for (size_t i = start; i < size;) {
      const bool is_there = std::string_view(bytes + i, size - i).starts_with(from);
      if (is_there) {
        std::memcpy(bytes + end, to.data(), to.size());
        end += to.size();
      } else {
        bytes[end++] = bytes[i];
      }
      i += is_there ? from.size() : 1;
    }
    size = end;
  }
  void lower_from(size_t start) {
    for (size_t i = start; i < size; ++i) {
      bytes[i] = lower_letter(bytes[i]);
    }
  }
};

}  // namespace

std::optional<element> find(const EventPath& path, const RenderContext& context) {
  std::optional<element> at = root_of(path.root, context);
  for (const PathStep& step : path.steps) {
    if (!at) return std::nullopt;
    at = step_into(*at, step);
  }
  if (at && at->is_null()) return std::nullopt;
  return at;
}

std::optional<std::string_view> scalar_text(element value, Digits& digits) {
  switch (value.type()) {
    case element_type::STRING:
      return value.get_string().value_unsafe();
    case element_type::INT64:
      return write_number(value.get_int64().value_unsafe(), digits);
    case element_type::UINT64:
      return write_number(value.get_uint64().value_unsafe(), digits);
    case element_type::DOUBLE:
      return write_number(value.get_double().value_unsafe(), digits);
    case element_type::BOOL:
      return value.get_bool().value_unsafe() ? "true" : "false";
    default:
      return std::nullopt;
  }
}

namespace {

Rendered look_up(const Template& text, std::string_view word, Arena& arena) {
  for (const auto& [from, to] : text.table) {
    if (from == word) return {RenderOutcome::done, to, nullptr};
  }
  return {RenderOutcome::not_in_table, arena.copy(word), nullptr};
}

}  // namespace

Rendered render(const Template& text, const RenderContext& context, Arena& arena) {
  if (text.is_constant()) return {RenderOutcome::done, text.parts[0].literal, nullptr};
  Draft draft;
  Digits digits;
  for (const TemplatePart& part : text.parts) {
    if (!draft.append(part.literal)) return {RenderOutcome::too_long, {}, &part};
    if (!part.has_slot) continue;
    SlotText slot = slot_text(part, context, digits);
    if (slot.outcome == RenderOutcome::absent && part.is_optional) continue;
    if (slot.outcome != RenderOutcome::done) return {slot.outcome, {}, &part};
    for (const Filter& filter : part.filters) slot.text = filtered(slot.text, filter);
    if (slot.text.empty() && part.is_optional) continue;
    if (slot.text.empty()) return {RenderOutcome::absent, {}, &part};
    const size_t start = draft.size;
    if (!draft.append(slot.text)) return {RenderOutcome::too_long, {}, &part};
    for (const Filter& filter : part.filters) {
      if (filter.kind != Filter::Kind::swap) continue;
      const auto [from, to] = both_texts(filter.separator);
      draft.swap_from(start, from, to);
    }
    if (part.is_lower) draft.lower_from(start);
  }
  const std::string_view rendered(draft.bytes, clean(draft.bytes, draft.size));
  if (!text.table.empty()) return look_up(text, rendered, arena);
  return {RenderOutcome::done, arena.copy(rendered), nullptr};
}

std::string_view filtered_bare_id(const Template& text, std::string_view bare_id) {
  for (const TemplatePart& part : text.parts) {
    if (!part.has_slot || part.slot != Slot::physical_id) continue;
    for (const Filter& filter : part.filters) bare_id = filtered(bare_id, filter);
  }
  return bare_id;
}

std::string_view reason_of(const Rendered& rendered, Arena& arena) {
  if (rendered.outcome == RenderOutcome::done) return {};
  if (rendered.outcome == RenderOutcome::not_in_table) {
    return arena.join("\"", rendered.text, "\" is not in the entry's table");
  }
  const std::string_view name = slot_name(*rendered.culprit);
  if (rendered.outcome == RenderOutcome::absent) return arena.join("no field ", name);
  if (rendered.outcome == RenderOutcome::not_scalar) return arena.join(name, " is not a text");
  return arena.join(name, " makes a text of more than 2048 bytes");
}

}  // namespace statewire
