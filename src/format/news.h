// The news of each kind of notification, as the parts of sentences. All functions are pure; any
// thread.
#pragma once

#include <string_view>

#include "format/message.h"
#include "format/words.h"
#include "model/notification.h"

namespace statewire {

// The call that the notification is about; empty where it is about a native event.
std::string_view call_in(const Notification& notification);
// Whether a state's `value` is the call that moved the phase.
bool is_call(const Notification& notification, std::string_view value);

// "is ", "was " or "has ": what leads to add_transition().
std::string_view verb_before_transition(const Notification& notification);
// "running; started by alice in the console", "being deleted by bob"
void add_transition(const Notification& notification, NewsBeside beside, Words& words);

// An amendment that says who did what was told before.
bool is_completion(const Notification& notification);
// ", running since 09:05:58 UTC, was started by bob"
void add_completion_sentence(const Notification& notification, Words& words);
// "now known: started by bob (running since 09:05:58 UTC)"
void add_completion(const Notification& notification, Words& words);
// "was stopped by root at 03:01:04 UTC, before it was deleted (arrived 6 min late)"
void add_late_fact(const Notification& notification, Words& words);

// "lets everyone in on 443/tcp (bob in the console)", "configured by bob: PutBucketPolicy"
void add_change(const Notification& notification, Words& words);
// "StartInstances by bob failed: …", "could not launch an instance: …"
void add_failure(const Notification& notification, Words& words);
// What leads to these two from the subject: " ", ": " or " was ".
std::string_view words_before_change(const Notification& notification);
std::string_view words_before_failure(const Notification& notification);

// "out of band"; empty where nothing alarms.
std::string_view drift_words(Drift drift);
// "aws_s3_bucket.logs, s3.tf:12 in shop"; nothing where no code is known.
void add_owner(const Owner& owner, Words& words);
// What an inventory alone says: "declared by no code".
void add_drift_news(const Notification& notification, Words& words);
// What is said beside other news: "; out of band: declared as aws_s3_bucket.logs, s3.tf:12 in
// shop". Where it was said before: "; declared as …".
void add_drift(const Notification& notification, DriftSaid said, Words& words);

// ": Threshold Crossed": why, in the provider's words; nothing where it gave none.
void add_reason(const Cause& cause, Words& words);

}  // namespace statewire
