// A reader of infrastructure code: what it declares, as a whole, again and again.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "base/result.h"
#include "config/map_reader.h"
#include "inventory/declared.h"
#include "net/http_client.h"

namespace statewire {

// A part of what an inventory reads, and where that lies which is declared there.
struct InventoryPlace {
  std::string name;           // "123456789012 eu-west-1", "https://gitlab.example.org/state"
  std::string account;        // Empty: any.
  std::string region;         // Empty: any. Else also what is in no region.
  std::string found_by = {};  // Of a state that was found: as in DeclaredStack.
};

// One reading of all stacks of an inventory.
struct InventoryReading {
  std::vector<DeclaredStack> stacks;
  // All stacks were read. Where one was not, what only that one declares is not known, and nothing
  // is taken to be declared no more.
  bool is_whole = true;
  std::vector<InventoryPlace> unread = {};  // Those with such stacks; empty: any.
  bool has_places = true;  // False: the code is away, so that no file and line says nothing.
  std::string trouble;     // Why one was not; empty where all were.
  bool is_passing = true;  // The trouble is a lock, or a tool that writes: it passes by itself.
  // Where it was read, as it is configured; only compared. Filled in by who asked for the reading.
  std::string place = {};
  Time asked = {};  // When it was asked for; filled in likewise. The epoch: now.
};

// One thread reads it, and others visit what is far away meanwhile.
class Inventory {
 public:
  virtual ~Inventory() = default;
  // What only calls over a network tell, each of which may take long: by what they are called.
  virtual std::vector<InventoryPlace> far_places() const { return {}; }
  // Asks one of them, and keeps what it answers for has_changed() and read(), which never ask. Any
  // thread, and one at a time for each place. Blocks for as long as the calls take; each has a
  // bound. `on_answer` is called for each that is answered.
  virtual void visit(size_t, const std::function<void()>& on_answer) { on_answer(); }
  // Whether something is written otherwise than at the last reading that was whole. Cheap. What it
  // has looked at serves the reading that follows.
  virtual bool has_changed() = 0;
  // Reads all of it, as far places have answered last. Keeps at most what it hands over, of states
  // that it would have to fetch again.
  virtual InventoryReading read() = 0;
  // Any thread. Lets a reading that takes long end soon, and not whole. Nothing is read after it.
  virtual void stop() {}
};

// Visits all of them one after the other: for who has nothing else to do.
inline void visit_all(Inventory& inventory) {
  const size_t count = inventory.far_places().size();
  for (size_t i = 0; i < count; ++i) inventory.visit(i, [] {});
}

// What an inventory may use of the program; all of it outlives every inventory.
struct InventoryContext {
  AwsClient& aws;
  HttpClient& http;
};

// A kind of inventory, as configured by `kind:`. registry.cc lists them.
struct InventoryKind {
  std::string_view name;
  std::string_view summary;
  std::string_view stack_word;  // What its tool calls what is read as one: "state".
  // Reads the kind's own keys (`kind` and `every` are read already). Null where it told problems.
  std::unique_ptr<Inventory> (*open)(std::string_view name, MapReader& keys,
                                     InventoryContext& context);
};

std::span<const InventoryKind* const> inventory_kinds();
const InventoryKind* find_inventory_kind(std::string_view name);  // Null where there is none.

}  // namespace statewire
