// What is said of an event whether or not an entry knows it: its id, origin, place and time.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "catalog/event_view.h"
#include "catalog/recogniser.h"

namespace statewire {

// A time that an event claims, as it is taken.
struct TakenTime {
  Time time;
  uint8_t flags = 0;  // kFutureTime or kNoTime of ObservationFlag.
};

// RFC 3339, or as HTTP writes dates. What cannot be read, or is more than an hour after `received`,
// is `received`.
TakenTime take_time(std::string_view text, Time received);

struct EventDescription {
  Recognition recognition;  // Fate unrecognised, without an entry.
  TakenTime time;
  std::string_view account;  // Empty where the event names none; in the arena, as all texts.
  std::string_view region;
  std::string_view evidence;  // Origin id, or the event id where there is none.
  std::string_view traceparent;
  std::string_view envelope_id;  // Where it is not the origin id.
};

EventDescription describe(const EventView& view, std::string_view bytes, Time received,
                          Arena& arena);

// A call's errorCode without "Client." or "Server.".
std::string_view error_name(std::string_view error_code);

// "InvalidParameterCombinationException: Cannot delete protected DB Instance": the name, and what
// the provider says besides, within kErrorMessageBytesMax. Clean, in the arena; empty where the
// call was not refused.
std::string_view error_text(const CallFields& call, Arena& arena);

// Why a call that was refused is nothing to tell: the caller repeats it, or only tried. Empty
// where it is worth telling. A constant.
std::string_view repeated_error_reason(std::string_view error_name);

}  // namespace statewire
