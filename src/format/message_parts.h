// A notification as what mail and chat are made of: a title, what is new, facts, links.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/links.h"
#include "model/notification.h"

namespace statewire {

// How it should look, whatever the medium has for it.
enum class Tone { good, busy, quiet, warning, error };

struct MessageFact {
  std::string_view label;  // "Region"
  std::string value;       // Several changes are one a line.
};

struct MessageCount {
  uint64_t count = 0;
  std::string what;      // "EC2 instance gone"
  std::string severity;  // "warning"; empty where it is no more than news.
};

// All texts but facts are one line of clean UTF-8, and nothing in them is escaped.
struct MessageParts {
  Tone tone = Tone::quiet;
  std::string badge;  // "stable", "warning · changed"
  std::string title;  // "EC2 instance web-1 (i-0a1b2c3d4e5f60001)"
  std::string news;   // "running; started by alice in the console"
  std::string line;   // All in one, with the severity in front where it is more than news.
  std::vector<MessageFact> facts;
  std::vector<MessageCount> counts;  // Of a digest: what it counts, as `news` says in one line.
  std::vector<MessageLink> links;
  std::string time;    // "2026-11-23 09:00:12 UTC"
  std::string late;    // ", arrived 12 min late"; empty where it came in the usual time.
  std::string origin;  // "aws.ec2 · EC2 Instance State-change Notification"
  std::string why;     // "Sent to people because state.phase is gone"; empty where nobody asked.
};

MessageParts parts_of(const Notification& notification);

// At most `characters` characters of `text`, the last then being "…".
std::string shortened(std::string_view text, size_t characters);
// The same, cut between two words where there are some.
std::string shortened_between_words(std::string_view text, size_t characters);
// With ", " for line ends.
std::string on_one_line(std::string_view text);
// As `shortened`, with at most `bytes` bytes.
std::string bounded(std::string_view text, size_t bytes);
// Nothing that anyone sees.
bool is_blank(std::string_view text);

}  // namespace statewire
