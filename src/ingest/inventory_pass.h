// What an inventory has read, against what the records say: the differences become events of the
// inventory's own, which come in by the usual way. The records are all that is remembered, so that
// there is nothing which a crash could leave half done: whoever compares again finds what is
// missing.
#pragma once

#include <condition_variable>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "ingest/inventory_extents.h"
#include "ingest/inventory_look.h"
#include "inventory/inventory.h"
#include "sources/source.h"
#include "store/store.h"

namespace statewire {

// What came of comparing one inventory.
struct InventoryCounts {
  size_t declares = 0;  // Instances that name a resource, parts included.
  size_t resources = 0;
  size_t of_other_providers = 0;
  size_t unjoined = 0;
  std::vector<UnjoinedResource> unjoined_first;  // At most kUnjoinedKept.
  uint64_t events = 0;                           // That were made.
};

// Not thread-safe: one thread calls it. Borrows all.
class InventoryPass {
 public:
  InventoryPass(const Store& store, Intake& intake, const Clock& clock);

  // Makes events of what `reading` says otherwise than the records, and waits until they are
  // committed. Adds to `reach`. What `reading` says of when states were written becomes when their
  // tools last ran, as far as that is known. What `reading` lacks becomes what that may declare, as
  // far as is remembered where it has declared. Where it was read at another place than before,
  // what it lacks is withdrawn, and not declared no more. An error: it is to be tried again.
  Result<InventoryCounts> declare(std::string_view inventory, InventoryReading& reading,
                                  const Catalog& catalog, InventoryReach& reach,
                                  const std::stop_token& stop);
  // Withdraws what inventories have declared that are not among `names`, which have been removed or
  // renamed; without any, also that a resource is declared by nobody. Nobody is told. Cheap where
  // no inventory was ever read. How many events were made.
  Result<uint64_t> drop_others(std::span<const std::string_view> names,
                               const std::stop_token& stop);
  // Looks at every record; see InventoryLook. REQUIRES: `reach` says what is missing. How many
  // events were made.
  Result<uint64_t> look_at_records(const InventoryReach& reach, Duration grace,
                                   const std::stop_token& stop);

 private:
  struct Declared;
  class Identifier;
  using DeclaredById = std::map<std::string, Declared, std::less<>>;

  struct Gathering;
  Result<void> gather_stack(const DeclaredStack& stack, Gathering& gathering,
                            InventoryCounts& counts);
  struct Word;
  static Word word_for(const std::optional<Record>& record, const Declared& declared, bool is_again,
                       Time now);
  Result<DeclaredById> gather(std::string_view inventory, const InventoryReading& reading,
                              const Catalog& catalog, InventoryExtents& extents,
                              InventoryCounts& counts);
  Result<void> remember_extents(std::string_view inventory, InventoryReading& reading,
                                InventoryExtents& extents, const std::stop_token& stop);
  Result<uint64_t> send_differences(std::string_view inventory, DeclaredById& all,
                                    const InventoryReading& reading, bool is_again,
                                    const std::stop_token& stop);
  Result<void> send_dropped(std::string_view inventory, const DeclaredById& all,
                            std::string_view word, const std::stop_token& stop, uint64_t& events);
  Result<void> end_whole_reading(std::string_view inventory, const InventoryReading& reading,
                                 const DeclaredById& all, const std::stop_token& stop,
                                 uint64_t& events);
  Result<std::vector<CursorUpdate>> find_runs(std::string_view place,
                                              std::vector<DeclaredStack>& stacks) const;
  Result<void> send(std::string_view source, std::string lines, const std::stop_token& stop);
  Result<void> send_cursor(std::string_view source, CursorUpdate cursor,
                           const std::stop_token& stop);
  Result<void> note_that_one_was_read(const std::stop_token& stop);
  Result<void> send_chunk(Chunk chunk, const std::stop_token& stop);
  void on_done(const Result<ChunkFates>& fates);

  const Store& store_;
  Intake& intake_;
  const Clock& clock_;

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Result<void>> outcome_ GUARDED_BY(mutex_);  // Of the commit, once there is one.
};

}  // namespace statewire
