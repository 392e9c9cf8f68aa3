// The catalog: the data that recognises events. An entry says which events it matches, where
// the resource is, and which phase a state means.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/problems.h"

namespace statewire {

// One entry, or one row of a table of calls, as `statewire catalog list` shows it.
struct CatalogRow {
  std::string name;        // "instance state"
  std::string place;       // "catalog/aws/ec2.yaml:3"
  std::string reference;   // Where the provider documents the event.
  std::string match;       // "aws.ec2 / EC2 Instance State-change Notification"
  std::string type;        // "AWS::EC2::Instance", or the template of a dynamic one.
  std::string effect;      // "state", "create", "cause", …
  std::string id;          // The ways to the identity, with " | " between them.
  std::string settles;     // "call", "native", "after 5m"; empty where nothing is made or ended.
  std::string from;        // "hand" of an entry; of a row its witness.
  std::string sure;        // "high", "fair", "low"
  std::string differs;     // What another witness says; may be empty.
  bool is_hidden = false;  // A row whose call an entry is about: it is never asked.
};

// How well the calls of one service are known.
struct ServiceCoverage {
  std::string service;    // "ec2"
  size_t types = 0;       // That its entries and rows are about.
  size_t calls = 0;       // That change something.
  size_t by_hand = 0;     // Of these, what entries are about,
  size_t structural = 0;  // what rows know by more than the name,
  size_t by_verb = 0;     // what they know by the name alone,
  size_t unknown = 0;     // and what nothing is known of.
  size_t natives = 0;     // Entries about native events of the service.
};

// A kind of a provider's own events that some entry is about.
struct NativeKind {
  std::string source;       // "aws.ec2"
  std::string detail_type;  // Empty where an entry does not name it in full.
  bool is_ignored = false;  // The entry says that it tells nothing.
};

// An example of an entry or of a rule: an event, and what must be observed. The tests run them.
struct CatalogExample {
  std::string entry_place;  // Empty: any entry may recognise the event.
  std::string rule_place;   // Empty: it is an entry's.
  std::string event_file;   // Relative to the root of the repository; empty: event_json has it.
  std::string event_json;
  std::string expect_json;  // [{"id":…,"state":…,"phase":…,"type":…,"cause":…}]; absent keys: any.
};

struct CompiledCatalog;  // catalog/compiled.h, inside this folder.

// Immutable once made; any number of threads may read it.
class Catalog {
 public:
  // The catalog that was compiled into the program (format of catalog/compiled.h).
  static Result<Catalog> from_compiled(std::string_view bytes);
  // The same and, after it, entries of the users' own folders; an entry of a user's wins over
  // a built-in one that matches the same event.
  static Result<Catalog> with_folders(std::string_view compiled,
                                      std::span<const std::string> folders, Problems& problems);

  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;
  ~Catalog();

  size_t size() const;
  // The entries, in the order of precedence.
  std::vector<CatalogRow> rows() const;
  // The rows of tables of calls.
  std::vector<CatalogRow> call_rows() const;
  // By service, those with the most calls first.
  std::vector<ServiceCoverage> coverage() const;
  // As often as entries name them, in the order of precedence.
  std::vector<NativeKind> native_kinds() const;

  const CompiledCatalog& compiled() const { return *compiled_; }

 private:
  explicit Catalog(std::unique_ptr<CompiledCatalog> compiled);
  std::unique_ptr<CompiledCatalog> compiled_;
};

// The bytes that `compile_catalog` made of catalog/, linked into the program.
std::string_view compiled_catalog_bytes();

}  // namespace statewire
