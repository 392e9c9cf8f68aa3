// Stored reminders of any bytes: a wrong one is an event that says so, never a crash, and a key
// that can be read is written the same.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/ids.h"
#include "ingest/reminder_events.h"
#include "store/block.h"
#include "store/keys.h"
#include "store/wire.h"

namespace statewire {
namespace {

void read_key(std::string_view bytes) {
  const std::optional<ReminderKey> key = keys::parse_reminder(bytes);
  if (!key) return;
  std::string again;
  keys::set_reminder(*key, again);
  CHECK(again == bytes);
}

void read_payload(std::string_view payload) {
  Batch batch;
  batch.source = kRemindersSource;
  for (const ReminderKind kind : {ReminderKind::settle, ReminderKind::move, ReminderKind::moved,
                                  ReminderKind::overdue, ReminderKind::flaps, ReminderKind::calm}) {
    const Reminder reminder{{.due = {}, .resource_id = "id:1", .kind = kind}, payload};
    add_event(reminder, batch);
    std::string line;
    append_event_line(reminder, line);
    CHECK(line.empty() == (kind != ReminderKind::settle));
  }
  CHECK(!batch.events.empty() || BlockReader::open(payload).ok());
  for (const BatchEvent& event : batch.events) {
    CHECK(event.observation_first + event.observation_count <= batch.observations.size());
  }
}

}  // namespace
}  // namespace statewire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace statewire;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_key(bytes);
  read_payload(bytes);
  // A checksum keeps a fuzzer out; this one is let in.
  std::string signed_bytes(bytes);
  signed_bytes.resize(size + 8);
  to_little_endian(hash64(bytes), signed_bytes.data() + size);
  read_payload(signed_bytes);
  return 0;
}
