// The readable line of a notification, and its parts. All functions are pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "format/words.h"
#include "model/notification.h"

namespace statewire {

// "EC2 instance web-1 (i-0a1b2c3d4e5f60001)": names before ids.
void add_subject(const Notification& notification, Words& words);

// "EC2 instance web-1": without the id beside a name.
void add_short_subject(const Notification& notification, Words& words);

// Where people look for the resource; empty where it is the same everywhere.
std::string_view region_told(const Notification& notification);

// The account's name, else its number; empty where all is of one.
std::string_view account_told(const Notification& notification);

// What stands before the news. A phase that does is not said again, where more is known.
enum class NewsBeside { phase, kind };
// "running; started by alice in the console"
void add_news(const Notification& notification, NewsBeside beside, Words& words);

// Where it is said that the resource left its code.
enum class DriftSaid { here, before };
// All of it, within kMessageCharactersMax: the `message` field.
void add_message(const Notification& notification, DriftSaid drift, Words& words);

// The format `text`: a line in columns.
void append_text(const Notification& notification, std::string& out);
// The same for a person at a terminal: with the date, and the phase in its colour.
void append_dated_text(const Notification& notification, std::string& out);
void append_coloured_text(const Notification& notification, std::string& out);

// What the cause did to the resource: "started", "terminated", "deployed".
std::string_view verb_for(const Notification& notification);
// "alice", "Auto Scaling group web", "a schedule"; nothing where nothing is known.
void add_actor(const Notification& notification, Words& words);
// The tool, but where the actor is called so already: CloudFormation does it with CloudFormation.
std::string_view tool_beside_actor(const Cause& cause);
// " by alice in the console", " by ci-deployer through CloudFormation with Terraform".
void add_by_whom(const Notification& notification, Words& words);
// " (alice in the console)"; nothing where nothing is known.
void add_who_in_brackets(const Notification& notification, Words& words);
// Whether it is about the state as it is: not only about what came late of before it.
bool tells_of_now(const Notification& notification);
// Of what it is about: the present state, or what came late of before it.
const Cause& told_cause(const Notification& notification);
// True where something is known of who or why.
bool is_cause_known(const Cause& cause);

}  // namespace statewire
