// The readable line of a notification, in its parts. All functions are pure; any thread.
#pragma once

#include "format/words.h"
#include "model/notification.h"

namespace statewire {

constexpr size_t kMessageCharactersMax = 1024;

// "EC2 instance web-1 (i-0a1b2c3d4e5f60001)": names before ids.
void add_subject(const Notification& notification, Words& words);

// "running; started by alice in the console"
void add_news(const Notification& notification, Words& words);

// All of it, within kMessageCharactersMax: the `message` field.
void add_message(const Notification& notification, Words& words);

}  // namespace statewire
